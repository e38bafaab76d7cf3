"""A way to the server that can be cut."""

import socket
import threading


class Cable:
    """Forwards connections to a port; while it is cut, nothing passes and nobody is told."""

    def __init__(self, target: int):
        self.target = target
        self.whole = threading.Event()
        self.whole.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Lets nothing through from now on."""
        self.whole.clear()

    def mend(self) -> None:
        """Lets everything through again."""
        self.whole.set()

    def close(self) -> None:
        """Takes no more connections."""
        self.whole.set()
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                inner, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(inner,), daemon=True).start()

    def _connect(self, inner: socket.socket) -> None:
        self.whole.wait()
        try:
            outer = socket.create_connection(("127.0.0.1", self.target), 10)
        except OSError:
            inner.close()
            return
        outer.settimeout(None)
        for source, sink in ((inner, outer), (outer, inner)):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                self.whole.wait()
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                end.close()
