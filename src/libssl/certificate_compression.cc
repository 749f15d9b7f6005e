// Certificate compression (RFC 8879) of OpenSSL 3.2. As a libssl that was built without it.
#include "libssl/later_prototypes.h"
#include "libssl/not_yet.h"

namespace {
constexpr char kNoCompression[] =
    "certificate compression is left out: a decompressor in front of authentication is not worth "
    "the bytes";
}  // namespace

CIAO_ABSENT(int, 0, SSL_compress_certs, (SSL*, int), kNoCompression)
CIAO_ABSENT(int, 0, SSL_CTX_compress_certs, (SSL_CTX*, int), kNoCompression)
CIAO_ABSENT(size_t, 0, SSL_get1_compressed_cert, (SSL*, int, unsigned char**, size_t*),
            kNoCompression)
CIAO_ABSENT(size_t, 0, SSL_CTX_get1_compressed_cert, (SSL_CTX*, int, unsigned char**, size_t*),
            kNoCompression)
CIAO_ABSENT(int, 0, SSL_set1_cert_comp_preference, (SSL*, int*, size_t), kNoCompression)
CIAO_ABSENT(int, 0, SSL_CTX_set1_cert_comp_preference, (SSL_CTX*, int*, size_t), kNoCompression)
CIAO_ABSENT(int, 0, SSL_set1_compressed_cert, (SSL*, int, unsigned char*, size_t, size_t),
            kNoCompression)
CIAO_ABSENT(int, 0, SSL_CTX_set1_compressed_cert, (SSL_CTX*, int, unsigned char*, size_t, size_t),
            kNoCompression)
