#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One changed bit in an image that a tool of others composed is a finding against the image's reference.

usage: tests/agreement/flips.py BUILD [DATA [COUNT]]

Kernel and device tree images, file systems, cabinets, volumes on raw flash and signed programs with the
options that their tools have. A clean copy must give no finding, COUNT random bits each at least one, and the
byte map must explain all but a few bytes. Prints agreed/total. Skipped (77) without the tools.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
ENVIRONMENT = {**os.environ, "PATH": PATH, "SOURCE_DATE_EPOCH": "1700000000"}
FIT = """/dts-v1/;
/ { description = "images"; #address-cells = <1>;
  images {
    kernel { description = "k"; data = /incbin/("k1"); type = "kernel"; arch = "arm"; os = "linux";
      compression = "none"; load = <0x8000>; entry = <0x8000>;
      hash-1 { algo = "sha256"; }; hash-2 { algo = "crc32"; }; hash-3 { algo = "md5"; }; };
    packed { data = /incbin/("k1.gz"); type = "kernel"; arch = "arm"; os = "linux"; compression = "gzip";
      load = <0>; entry = <0>; hash-1 { algo = "sha512"; }; hash-2 { algo = "sha384"; }; };
    fdt { data = /incbin/("k2"); type = "flat_dt"; arch = "arm"; compression = "none";
      hash-1 { algo = "sha1"; }; signature-1 { algo = "sha256,rsa2048"; key-name-hint = "dev"; }; };
  };
  configurations { default = "one"; one { kernel = "kernel"; fdt = "fdt";
    signature-1 { algo = "sha256,rsa2048"; key-name-hint = "dev"; sign-images = "fdt", "kernel"; }; }; };
};
"""
UBI = """[a]\nmode=ubi\nimage=%s\nvol_id=0\nvol_type=dynamic\nvol_name=rofs\nvol_size=8MiB
[b]\nmode=ubi\nimage=k1\nvol_id=3\nvol_type=static\nvol_name=kernel\nvol_size=1MiB\n"""
BOOT = "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"
MAP = "FLASH@0 0x40000 { FMAP@0 0x1000 COREBOOT(CBFS)@0x1000 0x3f000 }"


def recipes():
    """Tool, name of the image, commands."""
    for name, pack in (("none", "cp k1 p"), ("gzip", "gzip -nc k1 >p"), ("bzip2", "bzip2 -c k1 >p"),
                       ("lzma", "xz --format=lzma -c k1 >p"), ("zstd", "zstd -qc k1 >p")):
        yield "mkimage", f"legacy-{name}", f"{pack}; mkimage -A arm -T kernel -C {name} -n {name} -d p OUT"
    yield "mkimage", "multi", "mkimage -A arm -T multi -C none -n multi -d k1:k2:text OUT"
    for name, options in (("plain", ""), ("external", "-E"), ("position", "-E -p 0x4000"), ("aligned", "-E -B 512"),
                          ("signed", "-k keys -r")):
        yield "mkimage", f"fit-{name}", f"mkimage {options} -f fit.its OUT"
    for name in ("gzip", "xz", "lzo", "lz4", "zstd", "lzma"):
        yield "mksquashfs", f"squashfs-{name}", f"mksquashfs src OUT -comp {name} -noappend -quiet -all-root"
    yield "mksquashfs", "squashfs-large", "mksquashfs src OUT -b 1M -no-fragments -noappend -quiet"
    yield "mksquashfs", "squashfs-small", "mksquashfs src OUT -b 4K -always-use-fragments -nopad -noappend -quiet"
    yield "mksquashfs", "squashfs-stored", "mksquashfs src OUT -noI -noD -noF -noX -no-exports -noappend -quiet"
    for name, options in (("plain", ""), ("zlib", "-X zlib -m size"), ("lzo", "-X lzo -m size"), ("stored", "-m none"),
                          ("big", "-b"), ("pages", "-s 0x800 -e 0x20000"), ("padded", "-p -e 0x10000")):
        yield "mkfs.jffs2", f"jffs2-{name}", f"mkfs.jffs2 -r src -o OUT {options}"
    yield "sumtool", "jffs2-summary", "mkfs.jffs2 -r src -o j -e 0x10000 -n; sumtool -l -e 0x10000 -p -i j -o OUT"
    for name in ("lzo", "zlib", "zstd", "none"):
        yield "mkfs.ubifs", f"ubifs-{name}", f"mkfs.ubifs -r src -o OUT -m 2048 -e 126976 -c 100 -x {name}"
    yield "mkfs.ubifs", "ubifs-small", "mkfs.ubifs -r src -o OUT -m 512 -e 15872 -c 200 -F"
    for name, file, sizes, options in (("plain", "u2048", "-m 2048 -e 126976", "-m 2048 -p 128KiB"),
                                       ("sub", "u2048", "-m 2048 -e 126976", "-m 2048 -p 128KiB -s 512 -O 2048"),
                                       ("large", "u4096", "-m 4096 -e 253952", "-m 4096 -p 256KiB"),
                                       ("small", "u512", "-m 512 -e 15872", "-m 512 -p 16KiB -s 256")):
        yield "ubinize", f"ubi-{name}", (f"mkfs.ubifs -r src -o {file} {sizes} -c 100; ubinize -Q 7 {options} "
                                         f"-o OUT {file}.cfg")
    yield "mkfs.cramfs", "cramfs", "mkfs.cramfs -n odd,name src OUT"
    yield "mkfs.cramfs", "cramfs-big", "mkfs.cramfs -N big src OUT"
    yield "gcab", "cabinet", "gcab -c -z OUT k1 k2 src/text"
    yield "gcab", "cabinet-stored", "gcab -c OUT k1 k2 src/text"
    sign = "sbsign --key keys/dev.key --cert keys/dev.crt --output"
    if os.path.exists(BOOT):
        yield "sbsign", "program-signed", f"{sign} OUT {BOOT}"
        yield "sbsign", "program-signed-twice", f"{sign} once {BOOT}; {sign} OUT once"
        yield "osslsigncode", "program-osslsigncode", ("osslsigncode sign -certs keys/dev.crt -key keys/dev.key "
                                                       f"-h sha384 -in {BOOT} -out OUT")
    yield "cbfstool", "coreboot", ("fmaptool map fmap; cbfstool OUT create -M fmap; "
                                   "cbfstool OUT add -r COREBOOT -f k1 -n one -t raw -c lzma; "
                                   "cbfstool OUT add -r COREBOOT -f k2 -n two -t raw -A sha256")


def make_inputs(folder):
    rng = random.Random(5)

    def write(name, data):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)

    os.makedirs(f"{folder}/src/sub/deep")
    os.makedirs(f"{folder}/keys")
    write("src/noise", rng.randbytes(30000))
    write("src/text", b"what a firmware holds\n" * 4000)
    write("src/sub/tiny", b"x")
    write("src/sub/deep/zeros", bytes(40000))
    os.symlink("../noise", f"{folder}/src/sub/link")
    write("k1", rng.randbytes(20000) + b"kernel text " * 500)
    write("k2", rng.randbytes(3000))
    write("text", b"text" * 99)
    write("fit.its", FIT.encode())
    write("map", MAP.encode())
    for name in ("u512", "u2048", "u4096"):
        write(name + ".cfg", (UBI % name).encode())
    shell(folder, "gzip -nkf k1; openssl req -batch -new -x509 -newkey rsa:2048 -nodes -keyout keys/dev.key "
                  "-out keys/dev.crt -subj '/CN=dev, key'")


def shell(folder, command):
    return subprocess.run(["sh", "-e", "-c", command], cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)


class Score:
    def __init__(self, build, folder, count):
        self.assay = os.path.abspath(os.path.join(build, "assay"))
        self.folder = folder
        self.count = count
        self.agreed = self.total = 0

    def check(self, good, words):
        self.total += 1
        self.agreed += good
        if not good:
            print("  " + words)

    def run(self, *words):
        return subprocess.run([self.assay, *words], capture_output=True, check=False).stdout

    def findings(self, path):
        answer = json.loads(self.run("appraise", "--json", "--reference", path + ".reference", path + ".now"))
        return [f for f in answer["findings"] if f["severity"] != "info"]

    def image(self, name):
        path = os.path.join(self.folder, "out-" + name)
        with open(path, "rb") as file:
            data = file.read()
        self.run("learn", "--quality", "vendor-image", "-o", path + ".reference", path)
        shutil.copy(path, path + ".now")
        self.check(not self.findings(path), f"{name}: a finding for a clean copy: {self.findings(path)[:2]}")
        rng = random.Random(name)
        for _ in range(self.count):
            at, bit = rng.randrange(len(data)), rng.randrange(8)
            with open(path + ".now", "wb") as file:
                file.write(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:])
            self.check(bool(self.findings(path)), f"{name}: bit {bit} of byte {at:#x} is no finding")


def main():
    build = sys.argv[1]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 6
    folder = tempfile.mkdtemp()
    score = Score(build, folder, count)
    missing = set()
    try:
        make_inputs(folder)
        for tool, name, command in recipes():
            if shutil.which(tool, path=PATH) is None:
                missing.add(tool)
                continue
            done = shell(folder, command.replace("OUT", "out-" + name))
            if not os.path.exists(os.path.join(folder, "out-" + name)):
                print(f"  {name} was not made: {done.stderr.decode(errors='replace')[-200:]}")
                missing.add(tool)
                continue
            score.image(name)
    finally:
        shutil.rmtree(folder)
    if missing:
        print("  without: " + ", ".join(sorted(missing)))
    if score.total == 0:
        return 77
    print(f"flips: {score.agreed}/{score.total}")
    return score.agreed != score.total


if __name__ == "__main__":
    sys.exit(main())
