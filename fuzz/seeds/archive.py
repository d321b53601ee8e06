"""Writes the seeds of the archive target: small tarballs and zip files, the first byte of each saying which it is."""

import gzip
import io
import pathlib
import sys
import tarfile
import zipfile

FILES = {"package/package.json": b'{"name":"lantern"}', "package/index.js": b"1\n", "package/" + "long/" * 24 + "a.py": b"x = 1\n"}


def tar(form: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in FILES.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("package/link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "../../outside"
        archive.addfile(link)
    return out.getvalue()


def zipped(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    return out.getvalue()


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
    (folder / f"tar-{form}").write_bytes(b"\x02" + tar(form))
    (folder / f"tar-gz-{form}").write_bytes(b"\x00" + gzip.compress(tar(form), mtime=0))
for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
    (folder / f"zip-{method}").write_bytes(b"\x01" + zipped(method))
