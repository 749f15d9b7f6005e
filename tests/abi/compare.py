#!/usr/bin/python3
"""Runs a program on the system's libssl and on ciao's, and compares what it prints.

compare.py NAME PROGRAM OURS    NAME is that of the program, for its input; OURS
is the folder of ciao's libssl.so.3.
"""
import difflib
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import make_files

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness.two_libraries import check_library, environment  # noqa: E402

WORDS = """
ALL COMPLEMENTOFALL COMPLEMENTOFDEFAULT DEFAULT kRSA kEDH kDHE DH kEECDH kECDHE ECDH kPSK kRSAPSK
kECDHEPSK kDHEPSK aRSA aDSS DSS aNULL aECDSA ECDSA aPSK EDH DHE EECDH ECDHE NULL eNULL RSA ADH AECDH
PSK IDEA SEED AES128 AES256 AES AESGCM AESCCM AESCCM8 CAMELLIA128 CAMELLIA256 CAMELLIA CHACHA20 ARIA
ARIAGCM ARIA128 ARIA256 CBC MD5 SHA1 SHA SHA256 SHA384 SSLv3 TLSv1 TLSv1.0 TLSv1.1 TLSv1.2 LOW
MEDIUM HIGH FIPS 3DES RC4 GOST kGOST SHAX foo ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-SHA
TLS_RSA_WITH_AES_128_CBC_SHA AES128-SHA DHE-RSA-AES256-SHA256 ADH-AES128-SHA PSK-AES128-CBC-SHA
TLS_AES_128_GCM_SHA256 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 NULL-SHA
CAMELLIA256-SHA TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
""".split()

STRINGS = """
DEFAULT:@STRENGTH|HIGH:!aNULL:!MD5|ALL:!aNULL:!eNULL|ECDHE+AESGCM:ECDHE+CHACHA20
ECDH+AESGCM:DH+AESGCM:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:RSA+AESGCM:RSA+AES:!aNULL:!MD5:!DSS
DEFAULT@SECLEVEL=0|DEFAULT:@SECLEVEL=3|ALL:@SECLEVEL=9|ALL:@SECLEVEL=5|ALL:@SECLEVEL=|@STRENGTH
ALL@FOO||!|ALL:!|-ALL|+|RSA+|RSA+:ALL|+RSA|ALL:+RSA|ALL:-RSA:RSA|ALL:!RSA:RSA|AES128+|SUITEB128
SUITEB128ONLY|SUITEB128C2|SUITEB192|SUITEB128:ALL|SUITEB|ALL SHA|ALL,AES;SHA|ALL:%|AES%|ALL::AES
:ALL|DEFAULTALL|DEFAULT:-DEFAULT|PROFILE=SYSTEM|HIGH:!aNULL:!kRSA:!PSK:!SRP:!MD5:!RC4
ALL:!EXPORT:!LOW:!aNULL:!eNULL:!SSLv2|HIGH:MEDIUM:+3DES:!aNULL|ALL:!ADH:!LOW:!EXP:!MD5:@STRENGTH
FIPS+AES:!SHA1|ALL:@STRENGTH:+SHA|EECDH+AESGCM:EDH+AESGCM|ECDHE-ECDSA-AES128-GCM-SHA256+AES
kEECDH+ECDSA+AES128 kEECDH+AES128 kRSA+AES128 +SHA !aNULL !eNULL|SHA384+SHA256|SSLv3+TLSv1.2
HIGH+MEDIUM|HIGH+FIPS|COMPLEMENTOFDEFAULT+HIGH|HIGH+COMPLEMENTOFDEFAULT|FIPS+COMPLEMENTOFDEFAULT
ALL:!COMPLEMENTOFDEFAULT:!eNULL:@SECLEVEL=1|@SECLEVEL=4:ALL|ALL:@SECLEVEL=1:@SECLEVEL=3:foo%
ALL:+FIPS+COMPLEMENTOFDEFAULT|COMPLEMENTOFDEFAULT+NULL:@SECLEVEL=0|!SRP:ALL
""".strip().replace('\n', '|').split('|')


GROUPS = """
P-256 P-384 P-521 X25519 X448 prime256v1 secp384r1 secp521r1 secp224r1 P-224 secp256k1
brainpoolP256r1 brainpoolP384r1 brainpoolP512r1 sect571r1 ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144
ffdhe8192 x25519
p-256 P-192 foo
""".split()

SCHEMES = """
rsa_pkcs1_sha256 rsa_pkcs1_sha384 rsa_pkcs1_sha512 rsa_pkcs1_sha1 rsa_pkcs1_sha224 ecdsa_sha1
ecdsa_secp256r1_sha256 ecdsa_secp384r1_sha384 ecdsa_secp521r1_sha512 ed25519 ed448 ecdsa_sha224
rsa_pss_rsae_sha256 rsa_pss_rsae_sha384 rsa_pss_rsae_sha512 rsa_pss_pss_sha256 rsa_pss_pss_sha384
rsa_pss_pss_sha512 RSA+SHA256 RSA+SHA1 RSA+SHA512 ECDSA+SHA256 ECDSA+SHA384 ECDSA+SHA1 DSA+SHA256
DSA+SHA1 PSS+SHA256 RSA-PSS+SHA384 rsa+sha256 ECDSA+SHA3-256 RSA+ +SHA256 RSA+MD5 Ed25519 foo
""".split()


# Fewer lines would mean that the program ended early on both.
ENOUGH = {'connection_settings': 120, 'handshake_facts': 100, 'hello_and_keys': 40,
          'memory_functions': 9, 'misuse': 25, 'transports': 70}


def lists(what, words, count):
    """Each word, and lists made of words; one in ten has a word too many or an empty one."""
    choose = random.Random(what)
    lines = [f'{what} {word}' for word in words] + [f'{what} ']
    for _ in range(count):
        chosen = [choose.choice(words[:-3]) for _ in range(choose.randint(1, 6))]
        if choose.random() < .1:
            chosen.insert(choose.randint(0, len(chosen)), choose.choice(words[-3:] + ['', ' ']))
        lines.append(f"{what} {':'.join(chosen)}")
    return '\n'.join(lines) + '\n'


def policy_lists():
    return lists('groups', GROUPS, 1000) + lists('sigalgs', SCHEMES, 1000)


def cipher_strings(count=2000):
    """Every word, the strings above, and strings made of words; always the same ones."""
    choose = random.Random(7)
    lines = WORDS + STRINGS
    for _ in range(count):
        elements = []
        for _ in range(choose.randint(1, 7)):
            words = [choose.choice(WORDS) for _ in range(choose.choice([1, 1, 1, 2, 2, 3]))]
            elements.append(choose.choice(['', '', '', '!', '-', '+']) + '+'.join(words))
            if choose.random() < .08:
                level = f'@SECLEVEL={choose.randint(0, 5)}'
                elements.append(choose.choice(['@STRENGTH', level, '@X']))
        lines.append(choose.choice([':', ':', ':', ' ', ',']).join(elements))
    return '\n'.join(lines) + '\n'


def run(program, arguments, text, folder):
    # Without a terminal nobody is asked for a password.
    done = subprocess.run([program, *arguments], input=text, env=environment(folder), text=True,
                          capture_output=True, timeout=300, start_new_session=True)
    return done.stdout.splitlines() + [f'exit status {done.returncode}']


def main():
    name, program, ours = sys.argv[1:]
    inputs = {'cipher_strings': cipher_strings, 'policy_lists': policy_lists}
    text = inputs[name]() if name in inputs else ''
    for folder in (None, ours):
        check_library(program, folder, ours)
    with tempfile.TemporaryDirectory() as files:
        arguments = [files] if name in ('identity', 'configuration', 'serverinfo') else []
        if name in ('identity', 'configuration'):
            make_files.make(pathlib.Path(files))
            os.environ['OPENSSL_CONF'] = f'{files}/openssl.cnf'
        theirs = run(program, arguments, text, None)
        mine = run(program, arguments, text, ours)
    different = list(difflib.unified_diff(theirs, mine, 'system', 'ciao', lineterm='', n=0))
    for line in different[:200]:
        print(line[:400])
    wrong = sum(line.startswith('-') for line in different[2:])
    print(f'abi: {name}: {len(theirs)} lines, {wrong} different')
    sys.exit(1 if different or len(theirs) < ENOUGH.get(name, 150) or theirs[-1] != 'exit status 0'
             else 0)


if __name__ == '__main__':
    main()
