"""Certificates for tests, made with openssl: an authority, a broker's, a client's, and bad ones."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """Signs certificates into its folder."""

    folder: Path
    name: str = "ca"

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "3650", "-subj", f"/CN=test {self.name}", "-keyout", self.key(self.name),
            "-out", self.cert(self.name),
        )  # fmt: skip

    def cert(self, name: str) -> Path:
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    @property
    def ca(self) -> Path:
        return self.cert(self.name)

    def sign(self, name: str, host: str, *, start: str = "", end: str = "") -> None:
        """Make a certificate for a host, valid from `start` to `end` (YYYYMMDDHHMMSSZ)."""
        request = self.folder / f"{name}.csr"
        run(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={host}", "-keyout", self.key(name), "-out", request,
        )  # fmt: skip
        database = self.folder / f"{name}.db"
        database.mkdir()
        (database / "index").touch()
        (database / "serial").write_text("01\n")
        config = database / "conf"
        config.write_text(
            "[ca]\ndefault_ca=it\n[it]\n"
            f"database={database}/index\nserial={database}/serial\nnew_certs_dir={database}\n"
            f"certificate={self.ca}\nprivate_key={self.key(self.name)}\ndefault_md=sha256\n"
            "policy=any\nx509_extensions=ext\n[any]\ncommonName=supplied\n"
            f"[ext]\nsubjectAltName=DNS:{host}\n"
        )
        times = ["-startdate", start or "20200101000000Z", "-enddate", end or "20990101000000Z"]
        run("ca", "-batch", "-config", config, "-in", request, "-out", self.cert(name), *times)


def run(*words: str | Path) -> None:
    """Run openssl."""
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=60)
