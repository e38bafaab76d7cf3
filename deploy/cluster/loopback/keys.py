"""API keys as a Temporal server of one's own understands them: signed tokens with roles."""

import base64
import http.server
import json
import threading
import time
from pathlib import Path

from .processes import run


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class KeyAuthority:
    """Signs API keys, and serves the public key by which the server knows them, on loopback."""

    ID = "of-this-test"

    def __init__(self, folder: Path):
        folder.mkdir(parents=True)
        self.key = folder / "authority.key"
        self.other = folder / "other.key"
        for file in (self.key, self.other):
            run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                 "-out", file])  # fmt: skip
        self.key_set = json.dumps({"keys": [self._public()]}).encode()
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(authority.key_set)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/keys.json"

    def token(self, permissions: list[str], seconds: int = 7200, key: Path | None = None) -> str:
        """An API key that holds for a time, e.g. with ["default:write"]; signed with `key`."""
        head = {"alg": "RS256", "typ": "JWT", "kid": self.ID}
        now = int(time.time())
        body = {"sub": "ann", "iat": now - 60, "exp": now + seconds, "permissions": permissions}
        signed = ".".join(_text(json.dumps(part).encode()) for part in (head, body))
        file = self.key.parent / "to-sign"
        file.write_text(signed, encoding="ascii")
        signature = file.with_suffix(".signature")
        run(["openssl", "dgst", "-sha256", "-sign", key or self.key, "-out", signature, file])
        return f"{signed}.{_text(signature.read_bytes())}"

    def close(self) -> None:
        """Serves no more."""
        self.server.shutdown()
        self.server.server_close()

    def _public(self) -> dict[str, str]:
        modulus = run(["openssl", "rsa", "-in", self.key, "-noout", "-modulus"]).strip()
        return {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.ID, "e": "AQAB",
            "n": _text(bytes.fromhex(modulus.partition("=")[2])),
        }  # fmt: skip
