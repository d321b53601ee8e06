"""oci.py PROGRAM VERSION OUT: an image of one layer as an OCI archive, without a container engine.

The layer holds the program, the shared libraries that the loader names for it, the certificates of this machine where it
has some, an empty /data and /tmp, and nothing else: no shell, no package manager. It runs as user 65532. The same input
gives the same bytes.
"""

import gzip
import hashlib
import io
import json
import pathlib
import platform
import subprocess
import sys
import tarfile

CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def libraries(program):
    """What the loader would load, under the paths where it looks."""
    told = subprocess.run(["ldd", program], capture_output=True, text=True)
    if told.returncode != 0:  # A static program has none.
        return []
    words = [line.split() for line in told.stdout.splitlines()]
    found = [line[line.index("=>") + 1] if "=>" in line else line[0] for line in words if line]
    return sorted(path for path in found if path.startswith("/"))


def entry(name, mode, data=None):
    info = tarfile.TarInfo(name)
    info.mode = mode
    if data is None:
        info.type = tarfile.DIRTYPE
        return info, None
    info.size = len(data)
    return info, io.BytesIO(data)


def layer(program):
    files = {"usr/bin/mcpdex": (0o755, pathlib.Path(program).read_bytes())}
    for path in libraries(program):
        files[path.lstrip("/")] = (0o755, pathlib.Path(path).read_bytes())
    if CERTIFICATES.is_file():
        files[str(CERTIFICATES).lstrip("/")] = (0o644, CERTIFICATES.read_bytes())
    files["etc/passwd"] = (0o644, b"nonroot:x:65532:65532:nonroot:/data:/sbin/nologin\n")
    folders = {str(parent) for name in files for parent in pathlib.Path(name).parents if str(parent) != "."}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for folder in sorted(folders):
            tar.addfile(*entry(folder, 0o755))
        for folder, mode in (("data", 0o700), ("tmp", 0o1777)):
            info, _ = entry(folder, mode)
            info.uid = info.gid = 65532
            tar.addfile(info)
        for name, (mode, data) in sorted(files.items()):
            tar.addfile(*entry(name, mode, data))
    return packed.getvalue()


def main(program, version, out):
    blobs = {}

    def keep(data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    plain = layer(program)
    architecture = ARCHITECTURES.get(platform.machine(), platform.machine())
    config = {
        "architecture": architecture,
        "os": "linux",
        "config": {
            "User": "65532:65532",
            "Env": ["PATH=/usr/bin", "MCPDEX_DB=/data/mcpdex.db", "HOME=/data"],
            "Entrypoint": ["/usr/bin/mcpdex"],
            "Cmd": ["--help"],
            "WorkingDir": "/data",
            "Labels": {
                "org.opencontainers.image.title": "mcpdex",
                "org.opencontainers.image.version": version,
                "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
            },
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(plain).hexdigest()}"]},
    }
    kind = "application/vnd.oci.image"
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.manifest.v1+json",
        "config": keep(json.dumps(config).encode(), f"{kind}.config.v1+json"),
        "layers": [keep(gzip.compress(plain, 9, mtime=0), f"{kind}.layer.v1.tar+gzip")],
    }
    named = keep(json.dumps(manifest).encode(), manifest["mediaType"])
    named["annotations"] = {"org.opencontainers.image.ref.name": version}
    index = {"schemaVersion": 2, "mediaType": f"{kind}.index.v1+json", "manifests": [named]}
    with tarfile.open(out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(*entry("oci-layout", 0o644, b'{"imageLayoutVersion":"1.0.0"}'))
        tar.addfile(*entry("index.json", 0o644, json.dumps(index).encode()))
        for folder in ("blobs", "blobs/sha256"):
            tar.addfile(*entry(folder, 0o755))
        for digest, data in sorted(blobs.items()):
            tar.addfile(*entry(f"blobs/sha256/{digest}", 0o644, data))


if __name__ == "__main__":
    main(*sys.argv[1:4])
