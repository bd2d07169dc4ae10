# SPDX-License-Identifier: Apache-2.0
"""What a case of tampering is: an image, and where which finding must be."""
import compose
from compose import name_guid

ANY_CHANGE = None


def fv(name):
    return f"fv:{name_guid(name)}"


def file_in(volume, name):
    return rf"{fv(volume)}/(.*/)?file:{name_guid(name)}(/|#|$)"


INNER = rf"{fv('main')}/.*/{fv('inner')}"


def inner_file(name):
    return rf"{INNER}/file:{name_guid(name)}(/|#|$)"


NVRAM = "fv:fff12b8d-7696-4c8b-a985-2747075b4f50"


def variable(vendor, name):
    return rf"{NVRAM}/.*{vendor}:{name}(/|#|$)"


class Case:
    def __init__(self, name, image, where, change=ANY_CHANGE, base="composed", alone=False):
        self.name = name
        self.image = image
        self.where = where
        self.change = change
        self.base = base
        self.alone = alone  # a finding or incomplete without any reference as well


def flip(image, offset, bit=0):
    out = bytearray(image)
    out[offset] ^= 1 << bit
    return bytes(out)


def put(image, offset, data):
    return image[:offset] + data + image[offset + len(data):]


def changed(m, change):
    """The image of a machine in which something was changed before it was built."""
    other = m.copy()
    change(other)
    return other.build()


def index_of(files, name):
    return next(i for i, f in enumerate(files) if f.name == name)
