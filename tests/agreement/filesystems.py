#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""File systems against the folders that they were made from, and against their own tools.

usage: tests/agreement/filesystems.py BUILD DATA

A folder with files of all types, sizes around the block size, holes, links and attributes is
made into each file system with each compressor. The list that Assay gives must be that of the
folder: type, permissions, owner, size, target, device numbers, and the SHA-256 of every file.
Where the distribution has a tool that lists or extracts, its words must be the same too. Prints
agreed/total. Skipped (77) without the tools that make file systems.
"""
import hashlib
import json
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import tempfile

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
TOOLS = ["mksquashfs", "unsquashfs", "mkfs.cramfs", "mkfs.jffs2", "sumtool", "mkfs.ubifs", "ubinize",
         "mkenvimage", "mkimage"]
COMPRESSORS = ["gzip", "xz", "zstd", "lzo", "lz4", "lzma"]


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PATH": PATH},
                          **more).stdout


def tool(name):
    return shutil.which(name, path=PATH)


def write(path, data, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)


def make_sizes(root, rng):
    """Files whose sizes lie around the limits of blocks; of text, of noise, with holes."""
    for size in (0, 1, 4095, 4096, 4097, 8191, 131071, 131072, 131073, 300000):
        write(f"{root}/sizes/noise{size}", rng.randbytes(size))
        words = b" ".join(rng.choice([b"kernel", b"firmware", b"board"]) for _ in range(size // 6 + 1))
        write(f"{root}/sizes/text{size}", words[:size])
    write(f"{root}/sizes/holes", b"\0" * 500000 + b"x" + b"\0" * 200000 + b"end")
    write(f"{root}/sizes/zeros", b"\0" * 262144)


def make_folder(root, special):
    """The folder that all file systems are made from. `special`: with device files."""
    rng = random.Random(3)
    make_sizes(root, rng)
    for i in range(700):
        write(f"{root}/many/file-{i:04}", f"file {i}\n".encode() * (i % 7))
    for i in range(40):
        os.makedirs(f"{root}/deep/" + "/".join(f"d{n}" for n in range(i % 20 + 1)), exist_ok=True)
    write(f"{root}/bin/tool", b"\x7fELF" + rng.randbytes(5000), 0o4755)
    write(f"{root}/etc/a name with blanks; and $signs", b"x")
    write(f"{root}/etc/{'n' * 200}", b"long name")
    write(f"{root}/etc/shadow", b"secret", 0o600)
    os.symlink("../bin/tool", f"{root}/etc/link")
    os.link(f"{root}/bin/tool", f"{root}/bin/other name of tool")
    os.symlink("/" + "x" * 500, f"{root}/etc/dangling")
    os.makedirs(f"{root}/tmp")
    os.chmod(f"{root}/tmp", 0o1777)
    if special:
        os.chown(f"{root}/etc/shadow", 1000, 42)
        os.mknod(f"{root}/dev-null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.mknod(f"{root}/disk", 0o660 | stat.S_IFBLK, os.makedev(8, 17))
        os.mkfifo(f"{root}/pipe")
        s = socket.socket(socket.AF_UNIX)
        s.bind(f"{root}/socket")
        s.close()


def describe(path):
    """What Assay says of a file, from the file itself."""
    s = os.lstat(path)
    what = {"mode": stat.filemode(s.st_mode), "uid": s.st_uid, "gid": s.st_gid}
    if stat.S_ISLNK(s.st_mode):
        what["target"] = os.readlink(path)
    elif stat.S_ISREG(s.st_mode):
        what["size"] = s.st_size
        with open(path, "rb") as file:
            what["sha256"] = hashlib.sha256(file.read()).hexdigest()
    elif stat.S_ISCHR(s.st_mode) or stat.S_ISBLK(s.st_mode):
        what["major"], what["minor"] = os.major(s.st_rdev), os.minor(s.st_rdev)
    return what


def folder_list(root):
    found = {}
    for where, folders, files in os.walk(root):
        found[os.path.relpath(where, root)] = describe(where)
        for name in files + [f for f in folders if os.path.islink(f"{where}/{f}")]:
            found[os.path.relpath(f"{where}/{name}", root)] = describe(f"{where}/{name}")
    return found


def unescape(segment):
    out, i = bytearray(), 0
    raw = segment.encode()
    while i < len(raw):
        if raw[i:i + 1] == b"%":
            out.append(int(raw[i + 1:i + 3], 16))
            i += 3
        else:
            out.append(raw[i])
            i += 1
    return out.decode("utf-8", errors="surrogateescape")


def unexplained(result):
    """A line for each image and volume of which bytes are unknown; a made image has none."""
    unknown = {}
    for region in result["map"]:
        if region["class"] in ("unknown", "unread"):
            unknown[region["blob"]] = unknown.get(region["blob"], 0) + region["length"]
    return [f"{length} bytes of {blob} are unexplained" for blob, length in unknown.items()]


def assay_list(build, image, below=""):
    """{path: what} of the file system below a container, and what is wrong with the image."""
    done = subprocess.run([os.path.join(build, "assay"), "decode", "--json", image], check=False,
                          capture_output=True)
    result = json.loads(done.stdout)
    found = {}
    for claim in result["claims"]:
        if not claim["key"].startswith("file.") or below not in claim["path"]:
            continue
        parts = claim["path"].split("/files/", 1)[1].split("/")
        if parts[-2] == ".":
            del parts[-2]
        path = "/".join(unescape(p) for p in parts[:-1]) or "."
        leaf = claim["key"].split(".")[1].replace("state-", "")
        if leaf in ("modified", "xattr"):
            continue
        value = claim["value"]
        found.setdefault(path, {})[leaf] = value["hex"] if isinstance(value, dict) else value
    return found, result.get("faults", []) + unexplained(result)


class Score:
    def __init__(self):
        self.agreed = 0
        self.total = 0

    def compare(self, what, want, got, faults):
        agreed = 0
        for path in sorted(set(want) | set(got)):
            if want.get(path) == got.get(path):
                agreed += 1
            elif agreed + 5 > self.total:
                print(f"# {what}: {path}: {want.get(path)} is {got.get(path)}")
        total = len(set(want) | set(got)) + len(faults)
        for fault in faults[:5]:
            print(f"# {what}: {fault}")
        print(f"{what}: {agreed}/{total} files")
        self.agreed += agreed
        self.total += total


def squashfs(build, folder, where, score):
    want = folder_list(folder)
    for compressor in COMPRESSORS:
        for name, options in (("", []), (" small blocks", ["-b", "4096", "-no-fragments"]),
                              (" stored", ["-noI", "-noD", "-noF", "-noX"]),
                              (" fragments", ["-always-use-fragments", "-b", "65536"])):
            image = f"{where}/{compressor}.squashfs"
            run("mksquashfs", folder, image, "-noappend", "-quiet", "-no-progress", "-comp",
                compressor, *options)
            got, faults = assay_list(build, image)
            score.compare(f"squashfs {compressor}{name}", want, got, faults)
        squashfs_tool(image, compressor, got, score)


def squashfs_tool(image, compressor, got, score):
    """`unsquashfs -lls` prints mode, owner, size, and the path with a link's target."""
    lines = run("unsquashfs", "-no-progress", "-lln", image).decode(errors="surrogateescape").split("\n")
    want, mine = {}, {}
    for line in lines:
        fields = line.split(None, 5)
        if len(fields) < 6 or "squashfs-root" not in line:
            continue
        path = line[line.index("squashfs-root") + len("squashfs-root"):].lstrip("/")
        want[path.split(" -> ")[0] or "."] = (fields[0], fields[1], fields[2] if fields[0][0] == "-"
                                              else "")
    for path, what in got.items():
        mine[path] = (what["mode"], f"{what['uid']}/{what['gid']}",
                      str(what["size"]) if "size" in what else "")
    score.compare(f"unsquashfs of {compressor}", want, mine, [])


def cramfs(build, folder, where, score):
    """Numbers of users above 65,535 and of groups above 255 have no room in an inode."""
    image = f"{where}/image.cramfs"
    want = folder_list(folder)
    for what in want.values():
        what["gid"] &= 0xff
    for order in ("little", "big"):
        for name, options in (("", []), (" padded", ["-p"]), (" named", ["-n", "a name"]),
                              (" edition", ["-e", "7"])):
            run("mkfs.cramfs", "-N", order, *options, folder, image)
            got, faults = assay_list(build, image)
            score.compare(f"cramfs {order}{name}", want, got, faults)


def jffs2(build, folder, where, score):
    """The root has no inode in these images, and mkfs.jffs2 cuts targets at 254 bytes."""
    image = f"{where}/image.jffs2"
    want = folder_list(folder)
    del want["."]
    for what in want.values():
        if "target" in what:
            what["target"] = what["target"][:254]
    for name, options in (("", []), (" big-endian", ["-b"]), (" lzo", ["-X", "lzo", "-x", "zlib"]),
                          (" rtime", ["-x", "zlib", "-X", "rtime"]), (" smallest", ["-m", "size"]),
                          (" stored", ["-m", "none"]), (" without markers", ["-n"]),
                          (" pages of 64 KiB", ["-s", "65536", "-e", "131072"]),
                          (" padded", ["-p", "-e", "65536"])):
        run("mkfs.jffs2", "-l", "-r", folder, "-o", image, *options)
        got, faults = assay_list(build, image)
        score.compare(f"jffs2{name}", want, got, faults)
    for order in ("-l", "-b"):
        run("mkfs.jffs2", order, "-e", "65536", "-r", folder, "-o", f"{where}/plain.jffs2")
        run("sumtool", order, "-e", "65536", "-i", f"{where}/plain.jffs2", "-o", image)
        got, faults = assay_list(build, image)
        score.compare(f"jffs2 with summaries {order}", want, got, faults)


UBIFS = ((" ", []), (" lzo", ["-x", "lzo"]), (" zlib", ["-x", "zlib"]), (" zstd", ["-x", "zstd"]),
         (" stored", ["-x", "none"]), (" both", ["-x", "favor_lzo"]))


def ubifs(build, folder, where, score):
    """As an image of its own, and in a volume of each geometry of UBI."""
    want = folder_list(folder)
    for block, page, sub, leb in ((65536, 1, 1, 65408), (131072, 2048, 2048, 126976),
                                  (131072, 2048, 512, 129024)):
        for name, options in UBIFS:
            image = f"{where}/image.ubifs"
            run("mkfs.ubifs", "-r", folder, "-m", str(page), "-e", str(leb), "-c", "500", *options,
                "-o", image)
            got, faults = assay_list(build, image)
            score.compare(f"ubifs {leb}{name}", want, got, faults)
        with open(f"{where}/ubi.ini", "w", encoding="ascii") as file:
            file.write(f"[files]\nmode=ubi\nimage={image}\nvol_id=3\nvol_type=dynamic\n"
                       "vol_name=rwfs\nvol_flags=autoresize\nvol_size=10MiB\n")
        run("ubinize", "-o", f"{where}/image.ubi", "-p", str(block), "-m", str(page), "-s", str(sub),
            f"{where}/ubi.ini")
        got, faults = assay_list(build, f"{where}/image.ubi")
        score.compare(f"ubi {block}/{page}/{sub}", want, got, faults)


def environment(build, where, score):
    """What mkenvimage was given, in each of its forms."""
    want = {"bootcmd": "bootm 20080000", "ethaddr": "02:00:00:00:00:01", "empty": "", "a": "b=c d"}
    text = "".join(f"{k}={v}\n" for k, v in want.items())
    for options in ([], ["-r"], ["-b"], ["-r", "-b"], ["-p", "0xff"]):
        for size in (4096, 65536, 131072, 1000):
            image = f"{where}/env"
            run("mkenvimage", *options, "-s", str(size), "-o", image, "-", input=text.encode())
            result = json.loads(subprocess.run(
                [os.path.join(build, "assay"), "decode", "--json", image], check=False,
                capture_output=True).stdout)
            got = {unescape(c["path"].rsplit("/", 1)[1]): c["value"] for c in result["claims"]
                   if "/variables/" in c["path"] and not c["path"].endswith(".shape")}
            score.compare(f"environment {size} {' '.join(options)}", want, got,
                          result.get("faults", []) + unexplained(result))


def flash_parts(where, folder):
    """The parts of an OpenBMC, as its build makes them."""
    run("mksquashfs", folder, f"{where}/rofs", "-noappend", "-quiet", "-no-progress", "-comp", "xz")
    run("mkfs.jffs2", "-l", "-e", "65536", "-r", folder, "-o", f"{where}/rwfs")
    run("mkenvimage", "-s", "65536", "-o", f"{where}/env", "-", input=b"bootcmd=bootm 20080000\n")
    write(f"{where}/zimage", random.Random(5).randbytes(3000000))
    run("mkimage", "-A", "arm", "-O", "linux", "-T", "kernel", "-C", "none", "-a", "0x80008000", "-e",
        "0x80008000", "-n", "Linux", "-d", f"{where}/zimage", f"{where}/kernel")
    write(f"{where}/u-boot", b"\x13\0\0\xea" + random.Random(6).randbytes(300000))


def openbmc(build, folder, where, score):
    """Whole flash images: the files of both file systems, in both layouts."""
    flash_parts(where, folder)
    parts = {name: open(f"{where}/{name}", "rb").read() for name in ("u-boot", "env", "kernel", "rofs",
                                                                    "rwfs")}
    flash = bytearray(b"\xff" * (32 << 20))
    for name, at in (("u-boot", 0), ("env", 0x60000), ("env", 0x70000), ("kernel", 0x80000),
                     ("rofs", 0x4c0000), ("rwfs", 0x1c00000)):
        flash[at:at + len(parts[name])] = parts[name]
    write(f"{where}/static.mtd", flash)
    lines = []
    for i, (name, kind) in enumerate((("kernel", "static"), ("rofs", "static"), ("rwfs", "dynamic"))):
        image = f"{where}/{name}"
        if name == "rwfs":
            image = f"{where}/ubifs"
            run("mkfs.ubifs", "-r", folder, "-m", "1", "-e", "65408", "-c", "200", "-o", image)
        lines += [f"[{name}]", "mode=ubi", f"image={image}", f"vol_id={i}", f"vol_type={kind}",
                  f"vol_name={name}"] + (["vol_size=8MiB"] if kind == "dynamic" else [])
    write(f"{where}/ini", "\n".join(lines).encode())
    run("ubinize", "-o", f"{where}/ubi", "-p", "65536", "-m", "1", f"{where}/ini")
    flash[0x80000:] = b"\xff" * (len(flash) - 0x80000)
    with open(f"{where}/ubi", "rb") as file:
        ubi = file.read()
    flash[0x80000:0x80000 + len(ubi)] = ubi
    write(f"{where}/ubi.mtd", flash)
    want = folder_list(folder)
    cut = {k: {**v, "target": v["target"][:254]} if "target" in v else v for k, v in want.items()
           if k != "."}
    for image, below, files in (("static.mtd", "/rofs/squashfs", want), ("static.mtd", "/rwfs/jffs2", cut),
                                ("ubi.mtd", "/volume:rofs/", want), ("ubi.mtd", "/volume:rwfs/", want)):
        got, faults = assay_list(build, f"{where}/{image}", below)
        score.compare(f"{image}{below}", files, got, faults)


def main(arguments):
    build = arguments[0]
    missing = [name for name in TOOLS if tool(name) is None]
    if missing:
        print("SKIP: not installed:", *missing)
        return 77
    score = Score()
    with tempfile.TemporaryDirectory() as where:
        folder = f"{where}/folder"
        os.makedirs(folder)
        make_folder(folder, os.geteuid() == 0)
        squashfs(build, folder, where, score)
        cramfs(build, folder, where, score)
        jffs2(build, folder, where, score)
        ubifs(build, folder, where, score)
        openbmc(build, folder, where, score)
        environment(build, where, score)
    print(f"{score.agreed}/{score.total} agreed")
    return 0 if score.agreed == score.total and score.total > 0 else 1


sys.exit(main(sys.argv[1:]))
