// Raw public keys (RFC 7250) of OpenSSL 3.2: certificates are of X.509.
#include "libssl/later_prototypes.h"
#include "libssl/not_yet.h"

namespace {
constexpr char kNoRawKeys[] = "raw public keys are left out: a peer is known by X.509 certificates";
}  // namespace

// What the negotiation without the extension comes to (RFC 7250 §3): X509, 0.
CIAO_ABSENT_QUIETLY(int, 0, SSL_get_negotiated_client_cert_type, (const SSL*), kNoRawKeys)
CIAO_ABSENT_QUIETLY(int, 0, SSL_get_negotiated_server_cert_type, (const SSL*), kNoRawKeys)
CIAO_ABSENT_QUIETLY(EVP_PKEY*, nullptr, SSL_get0_peer_rpk, (const SSL*), kNoRawKeys)
CIAO_ABSENT_QUIETLY(EVP_PKEY*, nullptr, SSL_SESSION_get0_peer_rpk, (SSL_SESSION*), kNoRawKeys)

CIAO_ABSENT(int, 0, SSL_add_expected_rpk, (SSL*, EVP_PKEY*), kNoRawKeys)
CIAO_ABSENT(int, 0, SSL_set1_client_cert_type, (SSL*, const unsigned char*, size_t), kNoRawKeys)
CIAO_ABSENT(int, 0, SSL_set1_server_cert_type, (SSL*, const unsigned char*, size_t), kNoRawKeys)
CIAO_ABSENT(int, 0, SSL_CTX_set1_client_cert_type, (SSL_CTX*, const unsigned char*, size_t),
            kNoRawKeys)
CIAO_ABSENT(int, 0, SSL_CTX_set1_server_cert_type, (SSL_CTX*, const unsigned char*, size_t),
            kNoRawKeys)
CIAO_ABSENT(int, 0, SSL_get0_client_cert_type, (const SSL*, unsigned char**, size_t*), kNoRawKeys)
CIAO_ABSENT(int, 0, SSL_get0_server_cert_type, (const SSL*, unsigned char**, size_t*), kNoRawKeys)
CIAO_ABSENT(int, 0, SSL_CTX_get0_client_cert_type, (const SSL_CTX*, unsigned char**, size_t*),
            kNoRawKeys)
CIAO_ABSENT(int, 0, SSL_CTX_get0_server_cert_type, (const SSL_CTX*, unsigned char**, size_t*),
            kNoRawKeys)
