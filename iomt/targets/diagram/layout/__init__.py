"""Where the boxes, labels and lines of a picture go, in layers from left to right.

The steps are those of Sugiyama, Tagawa and Toda (1981): `ranks`, then `order` within a layer, then
`place`. A layer of boxes is followed by one of labels; a line that is longer has a point in every layer
that it passes, so that nothing is ever drawn over a box or a label.
"""
