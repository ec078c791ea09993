"""An embedded broker and object store, node processes and a live table: `iomt run`."""
