#!/usr/bin/python3
"""A peer on Python's asyncio; tests/interop/peers/own.py describes its arguments.

asyncio moves the records itself, between the transport and two memory BIOs: libssl never sees a
socket here.
"""

import asyncio
import logging
import sys

import settings


def report(writer):
    peer = writer.get_extra_info('ssl_object')
    settings.tell(version=peer.version(), suite=peer.cipher()[0],
                  resumed=str(peer.session_reused).lower(),
                  alpn=peer.selected_alpn_protocol() or '')
    certificate = writer.get_extra_info('peercert')
    if peer.server_side and certificate:
        settings.tell(client_name=dict(part[0] for part in certificate['subject'])['commonName'])


async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def echo(reader, writer):
    report(writer)
    try:
        await copy(reader, writer)
        writer.close()
        await writer.wait_closed()
    except OSError as error:
        settings.tell(error=error)


async def serve(options):
    left = asyncio.Semaphore(0)

    async def one(reader, writer):
        try:
            await echo(reader, writer)
        finally:
            left.release()

    server = await asyncio.start_server(one, '127.0.0.1', options.port,
                                        ssl=settings.context(options))
    async with server:
        for _ in range(options.connections):
            await left.acquire()


async def standard_input():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def print_all(reader):
    while data := await reader.read(65536):
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


async def connect(options):
    reader, writer = await asyncio.open_connection(
        '127.0.0.1', options.port, ssl=settings.context(options), server_hostname=options.name)
    report(writer)
    printing = asyncio.create_task(print_all(reader))
    sending = asyncio.create_task(copy(await standard_input(), writer))
    done, _ = await asyncio.wait({printing, sending}, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    writer.close()
    await writer.wait_closed()
    printing.cancel()


def main():
    options = settings.read()
    # asyncio tells nobody why a handshake failed or a connection was lost, but in its debug mode.
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    try:
        asyncio.run(serve(options) if options.role == 'server' else connect(options), debug=True)
    except OSError as error:
        settings.tell(error=error)
        sys.exit(1)


if __name__ == '__main__':
    main()
