"""A certificate for a simulated device, from a root of its own that nobody else trusts."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec


class Identity(msgspec.Struct, frozen=True):
    """What the device shows, and the file that a till needs to believe it."""

    server_name: str
    ca_file: Path
    context: ssl.SSLContext


def make_identity(folder: Path, server_name: str, *, alternative: bool = True) -> Identity:
    """A new root in `folder`/ca.pem, and a certificate of it for `server_name`; or those that are there already.

    `alternative` False: the name stands in the Common Name only, as in old certificates.
    """
    ca_file, own = folder / "ca.pem", folder / "terminal.pem"
    if not (ca_file.exists() and own.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        _make(ca_file, own, server_name, alternative=alternative)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(own)
    return Identity(server_name, ca_file, context)


def _make(ca_file: Path, own: Path, server_name: str, *, alternative: bool) -> None:
    # A simulator without TLS starts without it.
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    def name(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])

    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def blank(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(name("Simulated terminals' root"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + timedelta(days=365))
        )

    # The key identifiers and the key's usage are what Python 3.13 wants to see of a chain (VERIFY_X509_STRICT).
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    root = (
        blank(name("Simulated terminals' root"), root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=False, key_cert_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, SHA256())
    )
    builder = (
        blank(name(server_name), key.public_key())
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    )
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(server_name)]), critical=False)
    certificate = builder.sign(root_key, SHA256())

    ca_file.write_bytes(root.public_bytes(Encoding.PEM))
    own.touch(mode=0o600)
    own.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
