"""Where models come from: a folder, the Hugging Face cache, or the hub. Weights are never fetched."""
