"""Where a model is: in a folder here, or wherever its id leads."""

import os.path


def is_local(model: str, directory: str) -> bool:
    """Whether a model is meant as a folder: by how it is written, or because there is one."""
    if model.startswith((".", "/", "~")):
        return True
    try:
        return os.path.exists(os.path.join(directory, model))
    except (OSError, ValueError):  # a name that no file can have
        return False
