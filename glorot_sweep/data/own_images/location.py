"""From a path to the images that are there, in a folder or a tar."""

import stat
from pathlib import Path

from glorot_sweep.data.image_bounds import Budget, room
from glorot_sweep.data.own_images.files import files_of_folder, files_of_tar
from glorot_sweep.data.own_images.layout import Layout, layout_of
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import why_unread


def layout_at(path: Path) -> Layout:
    """Return the images of a folder or a tar.

    Raises:
        UserError: it is neither, or its images have no place in a data set.
    """
    if not path.name:
        raise UserError(f"{path} is the whole disk. Name a folder of images in it.")
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            return layout_of(files_of_folder(path))
        if not stat.S_ISREG(found.st_mode):  # a pipe would wait for a writer
            raise OSError("it is neither a file nor a folder")
        if found.st_size > room():
            raise Budget(path, room()).exceeded()
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path}: {why_unread(error)}. It must be a folder of class folders, a tar of one, or "
            "a file that `glorot-sweep prepare` has written. A relative path in a sweep file "
            "counts from that file's folder."
        ) from None
    return layout_of(files_of_tar(path, content))
