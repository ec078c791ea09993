"""A graph as a picture: what is drawn (`picture`), and the three ways to draw it.

`mermaid` and `dot` leave the layout to those programs; `svg` needs none.
"""
