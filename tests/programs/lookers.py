"""Programs that look at servers: sslscan in both roles, testssl.sh and Chromium (whose TLS is
BoringSSL's) at nginx on the library under test."""

import re
import shutil

import asking
import gate
import web_servers
from asking import Client, Wish
from harness import library, processes
from harness.processes import Failure
from peers import LARGE, digest
from stage import Case, differ

SSLSCAN = Client('sslscan', '/usr/bin/sslscan', lambda stage, wish: [
    '/usr/bin/sslscan', '--no-colour', '--show-sigs', '--timeout=20', '--sni-name=localhost',
    f'{wish.host}:{wish.port}'])
# docs/DIFFERENCES.md: suites that ciao does not have.
ABSENT = re.compile('ARIA|CAMELLIA')
HTML = '''<body><script>
const hex = (data) => Array.from(
  new Uint8Array(data), (b) => b.toString(16).padStart(2, '0')).join('');
(async () => {
  const body = await (await fetch('/large')).arrayBuffer();
  const seen = [hex(await crypto.subtle.digest('SHA-256', body))];
  for (let i = 0; i < 3; ++i) {
    const page = await fetch('/page', {cache: 'no-store'});
    seen.push(page.headers.get('x-protocol'), page.headers.get('x-reused'));
    await page.text();
  }
  document.body.textContent = `seen ${seen.join(' ')} end`;
})();
</script></body>
'''


def _lines(text):
    """What is said about the server, without ports and the like."""
    text = re.sub(r'\x1b\[[0-9;]*m', '', text)
    return [re.sub(r'(:|port )[0-9]{4,5}\b', r'\1PORT', line.strip()) for line in text.splitlines()
            if line.strip() and not ABSENT.search(line)]


def scanning(stage):
    """sslscan on the library under test."""
    port, _ = web_servers.nginx(stage.peer())
    entrance = stage.enter(gate.Gate(port))
    code, output, words = asking.ask(stage, SSLSCAN, entrance, Wish(entrance.port), timeout=120)
    differ('the exit code', code, 0)
    lines = _lines(bytes(output).decode())
    differ('TLSv1.3 in what it found', any('TLSv1.3' in line for line in lines), True)
    return {'lines': lines, 'words': words}


def scanned(stage, start):
    """sslscan on the system's, at a server on the library under test."""
    port, process = start(stage)
    done = processes.run(SSLSCAN.command(stage, Wish(port)), timeout=120)
    differ('the exit code', done.code, 0)
    stage.check_children(process)
    return {'lines': _lines(done.output.decode())}


def tested(stage):
    """testssl.sh: protocols, preferences, the certificate, and the faults of the past."""
    port, process = web_servers.nginx(stage)
    done = processes.run(['/usr/bin/testssl', '--color', '0', '--quiet', '--warnings', 'off',
                          '--ip', 'one', '--openssl', '/usr/bin/openssl', '-p', '-H', '-I', '-T',
                          '-R', '-C', '-Z', f'localhost:{port}'], timeout=400)
    stage.check_children(process)
    lines = [line for line in _lines(done.output.decode(errors='replace'))
             if not re.match(r'Start |Done |rDNS|Further IP', line)]
    differ('TLS 1.3 being found', any(re.match(r'TLS 1\.3 +offered', each) for each in lines), True)
    return {'code': done.code, 'lines': lines}


def browsed(stage, version, trusts=True):
    """Chromium fetches pages by HTTP/2, on connections of their own where it is told to."""
    port, process = web_servers.nginx(
        stage, http2=' http2', protocols=f'TLSv{version}',
        more='types { text/html html; } keepalive_timeout 0;\n    add_header x-protocol '
             '"$server_protocol $ssl_protocol $ssl_cipher $ssl_curve";\n'
             '    add_header x-reused $ssl_session_reused;')
    stage.path('site').joinpath('index.html').write_text(HTML)
    home = stage.peer().path('home')
    (home / '.pki').mkdir(parents=True)
    shutil.copytree(stage.keys.nss(None, 'ca' if trusts else 'other-ca'), home / '.pki/nssdb')
    done = processes.run(
        ['/usr/bin/chromium', '--headless', '--no-sandbox', '--disable-gpu', '--no-proxy-server',
         '--disable-background-networking', '--disable-dev-shm-usage', f'--user-data-dir={home}',
         '--virtual-time-budget=20000', '--dump-dom', f'https://localhost:{port}/index.html'],
        timeout=120, environment=library.clean_environment(HOME=str(home)))
    stage.check_children(process)
    text = done.output.decode(errors='replace')
    if not trusts:
        reason = re.search(r'ERR_CERT_\w+', done.text())
        differ('what Chromium says', reason and reason[0], 'ERR_CERT_AUTHORITY_INVALID')
        return {'reason': reason[0]}
    if not (found := re.search(r'seen (\S+) (.*) end', text)):
        raise Failure(f'Chromium gives {text[:500]!r}\n{done.tail()}')
    differ('the SHA-256', found[1], digest(LARGE))
    differ('the version', f'TLSv{version}' in found[2], True)
    return {'pages': found[2]}


def cases():
    yield Case('sslscan/client/scan', scanning)
    for start in (web_servers.nginx, web_servers.apache2):
        yield Case(f'{start.__name__}/server/sslscan', scanned, (start,))
    yield Case('nginx/server/testssl', tested)
    for version in ('1.3', '1.2'):
        yield Case(f'nginx/server/chromium-{version}', browsed, (version,))
    yield Case('nginx/server/chromium-refuses', browsed, ('1.3', False))
