"""An attestation as GitHub's workflows publish one, by an authority of the tests' own.

`gh attestation verify` believes the authorities of a file that it is given: then nothing of it asks
a network. https://github.com/sigstore/protobuf-specs says what is in both files.
"""

import json
import subprocess
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from cryptography.x509.oid import NameOID

GITHUB = "https://github.com"
ISSUER = "https://token.actions.githubusercontent.com"
FULCIO = "1.3.6.1.4.1.57264.1"  # https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
PAYLOAD = "application/vnd.in-toto+json"
TSA = """[tsa]
default_tsa = it
[it]
serial = {folder}/serial
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
"""
Key = ec.EllipticCurvePrivateKey


def attest(model: Path, bundle: Path, root: Path, repository: str, workflow: str) -> None:
    """Write the attestation of a file, made by a workflow, and the authorities to believe."""
    now = datetime.now(UTC)
    made = f"{GITHUB}/{repository}/.github/workflows/{workflow}@refs/heads/main"
    claims = {
        8: ISSUER,
        9: made,
        11: "github-hosted",
        12: f"{GITHUB}/{repository}",
        13: "a" * 40,
        14: "refs/heads/main",
        16: f"{GITHUB}/{repository.split('/')[0]}",
        18: made,
        19: "a" * 40,
        20: "workflow_dispatch",
        21: f"{GITHUB}/{repository}/actions/runs/1/attempts/1",
    }
    authority, stamping, signing = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    top = _certificate("authority", authority, authority, now)
    stamper = _certificate("clock", stamping, authority, now, Use.TIME_STAMPING)
    signer = _certificate("job", signing, authority, now, Use.CODE_SIGNING, made, claims)
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": model.name, "digest": {"sha256": sha256(model.read_bytes()).hexdigest()}}
        ],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {},
    }
    payload = json.dumps(statement).encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD), PAYLOAD.encode(), len(payload), payload)
    signature = signing.sign(signed, ec.ECDSA(hashes.SHA256()))
    stamp = _stamp(signature, stamper, stamping, root.parent)
    content = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": _raw(signer),
            "timestampVerificationData": {"rfc3161Timestamps": [{"signedTimestamp": _text(stamp)}]},
        },
        "dsseEnvelope": {
            "payload": _text(payload),
            "payloadType": PAYLOAD,
            "signatures": [{"sig": _text(signature)}],
        },
    }
    bundle.write_text(json.dumps(content))
    trusted = {
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "certificateAuthorities": [_authority(now, top)],
        "timestampAuthorities": [_authority(now, stamper, top)],
    }
    root.write_text(json.dumps(trusted) + "\n")


def _certificate(
    name: str,
    key: Key,
    by: Key,
    now: datetime,
    use: x509.ObjectIdentifier | None = None,
    subject: str = "",
    claims: dict[int, str] | None = None,
) -> x509.Certificate:
    def named(words: str) -> x509.Name:
        fields = [(NameOID.ORGANIZATION_NAME, "tests"), (NameOID.COMMON_NAME, words)]
        return x509.Name([x509.NameAttribute(*field) for field in fields])

    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(minutes=10))
        .add_extension(x509.BasicConstraints(ca=use is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if use:
        critical = use is Use.TIME_STAMPING
        made = made.add_extension(x509.ExtendedKeyUsage([use]), critical=critical)
    if subject:
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(subject)])
        made = made.add_extension(names, critical=True)
    for number, value in (claims or {}).items():
        oid = x509.ObjectIdentifier(f"{FULCIO}.{number}")
        words = value.encode()
        size = bytes([len(words)]) if len(words) < 128 else bytes([0x81, len(words)])
        text = x509.UnrecognizedExtension(oid, b"\x0c" + size + words)  # UTF8String
        made = made.add_extension(text, critical=False)
    return made.sign(by, hashes.SHA256())


def _stamp(signature: bytes, certificate: x509.Certificate, key: Key, scratch: Path) -> bytes:
    """Return when a signature was seen, as a server of RFC 3161 says it."""
    folder = scratch / "clock"
    folder.mkdir()
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(TSA.format(folder=folder))
    (folder / "signature").write_bytes(signature)
    (folder / "clock.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "clock.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    asked = "ts -query -data signature -sha256 -cert -out asked"
    answered = "ts -reply -config tsa.cnf -queryfile asked -signer clock.pem -inkey clock.key"
    for words in (asked, f"{answered} -out answered"):
        subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)
    return (folder / "answered").read_bytes()


def _authority(now: datetime, *chain: x509.Certificate) -> dict[str, Any]:
    start = (now - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    return {
        "subject": {"organization": "tests", "commonName": "authority"},
        "uri": "https://authority.example",
        "certChain": {"certificates": [_raw(each) for each in chain]},
        "validFor": {"start": start},
    }


def _raw(certificate: x509.Certificate) -> dict[str, str]:
    return {"rawBytes": _text(certificate.public_bytes(Encoding.DER))}


def _text(content: bytes) -> str:
    return b64encode(content).decode()
