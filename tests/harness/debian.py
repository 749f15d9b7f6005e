"""Debian's packages, downloaded and unpacked beside the installed ones."""

import re
import subprocess

from harness import library


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True,
                          text=True, env=library.clean_environment(), **options).stdout


def fetch(names, folder):
    """Downloads what is not there yet: NAME, or NAME=VERSION. Name to file."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for wanted in names:
        name = wanted.partition('=')[0]
        said = run('apt-cache', 'show', '--no-all-versions', wanted)
        stem = re.search(r'^Filename: \S*/(\S+)$', said, re.MULTILINE)
        version = re.search(r'^Version: (\S+)$', said, re.MULTILINE)
        if not stem or not version:
            raise SystemExit(f'the archive has no {name}: apt-get update')
        file = folder / stem[1]
        if not file.exists():
            run('apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download',
                f'{name}={version[1]}', cwd=folder)
            # apt writes the colon of an epoch as %3a, the archive leaves the epoch out.
            for made in folder.glob(f'{name}_*.deb'):
                if made.name.replace(f'{version[1].split(":")[0]}%3a', '', 1) == file.name:
                    made.rename(file)
        files[name] = file
    return files


def unpack(folder, name, *files):
    """Several packages into one folder of that name, once."""
    target = folder / name
    if not target.exists():
        half = folder / f'{name}.part'
        for file in files:
            run('dpkg-deb', '-x', file, half)
        half.rename(target)
    return target
