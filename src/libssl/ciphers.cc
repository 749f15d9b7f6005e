// SSL_CTX_set_cipher_list(3), SSL_get_ciphers(3), SSL_CIPHER_get_name(3),
// SSL_COMP_add_compression_method(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

// TLS compression leaks what it compresses (CRIME, RFC 7525 §3.3).
namespace {
constexpr char kNoCompression[] = "TLS compression leaks secrets (CRIME) and TLS 1.3 has none";
}  // namespace

CIAO_NOT_YET(char*, nullptr, SSL_CIPHER_description, (const SSL_CIPHER*, char*, int))
CIAO_NOT_YET(const SSL_CIPHER*, nullptr, SSL_CIPHER_find, (SSL*, const unsigned char*))
CIAO_NOT_YET(int, 0, SSL_CIPHER_get_auth_nid, (const SSL_CIPHER*))
CIAO_NOT_YET(int, 0, SSL_CIPHER_get_bits, (const SSL_CIPHER*, int*))
CIAO_NOT_YET(int, 0, SSL_CIPHER_get_cipher_nid, (const SSL_CIPHER*))
CIAO_NOT_YET(int, 0, SSL_CIPHER_get_digest_nid, (const SSL_CIPHER*))
CIAO_NOT_YET(const EVP_MD*, nullptr, SSL_CIPHER_get_handshake_digest, (const SSL_CIPHER*))
CIAO_NOT_YET(uint32_t, 0, SSL_CIPHER_get_id, (const SSL_CIPHER*))
CIAO_NOT_YET(int, 0, SSL_CIPHER_get_kx_nid, (const SSL_CIPHER*))
CIAO_NOT_YET(const char*, nullptr, SSL_CIPHER_get_name, (const SSL_CIPHER*))
CIAO_NOT_YET(uint16_t, 0, SSL_CIPHER_get_protocol_id, (const SSL_CIPHER*))
CIAO_NOT_YET(const char*, nullptr, SSL_CIPHER_get_version, (const SSL_CIPHER*))
CIAO_NOT_YET(int, 0, SSL_CIPHER_is_aead, (const SSL_CIPHER*))
CIAO_NOT_YET(const char*, nullptr, SSL_CIPHER_standard_name, (const SSL_CIPHER*))
CIAO_ABSENT(int, 1, SSL_COMP_add_compression_method, (int, COMP_METHOD*), kNoCompression)
CIAO_ABSENT_QUIETLY(const char*, nullptr, SSL_COMP_get0_name, (const SSL_COMP*), kNoCompression)
CIAO_ABSENT_QUIETLY(STACK_OF(SSL_COMP) *, nullptr, SSL_COMP_get_compression_methods, (void),
                    kNoCompression)
CIAO_ABSENT_QUIETLY(int, -1, SSL_COMP_get_id, (const SSL_COMP*), kNoCompression)
CIAO_ABSENT_QUIETLY(const char*, nullptr, SSL_COMP_get_name, (const COMP_METHOD*), kNoCompression)
CIAO_ABSENT_QUIETLY(STACK_OF(SSL_COMP) *, meths, SSL_COMP_set0_compression_methods,
                    (STACK_OF(SSL_COMP) * meths), kNoCompression)
CIAO_NOT_YET(const char*, nullptr, OPENSSL_cipher_name, (const char*))
CIAO_NOT_YET(const char*, nullptr, OSSL_default_cipher_list, (void))
CIAO_NOT_YET(const char*, nullptr, OSSL_default_ciphersuites, (void))
CIAO_NOT_YET(STACK_OF(SSL_CIPHER) *, nullptr, SSL_CTX_get_ciphers, (const SSL_CTX*))
CIAO_NOT_YET(STACK_OF(SSL_CIPHER) *, nullptr, SSL_get_ciphers, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_cipher_list, (SSL_CTX*, const char*))
CIAO_NOT_YET(int, 0, SSL_set_cipher_list, (SSL*, const char*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_ciphersuites, (SSL_CTX*, const char*))
CIAO_NOT_YET(int, 0, SSL_set_ciphersuites, (SSL*, const char*))
CIAO_NOT_YET(int, 0, SSL_bytes_to_cipher_list,
             (SSL*, const unsigned char*, size_t, int, STACK_OF(SSL_CIPHER) **,
              STACK_OF(SSL_CIPHER) **))
CIAO_NOT_YET(STACK_OF(SSL_CIPHER) *, nullptr, SSL_get1_supported_ciphers, (SSL*))
CIAO_NOT_YET(const char*, nullptr, SSL_get_cipher_list, (const SSL*, int))
CIAO_NOT_YET(STACK_OF(SSL_CIPHER) *, nullptr, SSL_get_client_ciphers, (const SSL*))
CIAO_NOT_YET(const SSL_CIPHER*, nullptr, SSL_get_current_cipher, (const SSL*))
CIAO_NOT_YET(const SSL_CIPHER*, nullptr, SSL_get_pending_cipher, (const SSL*))
CIAO_NOT_YET(char*, nullptr, SSL_get_shared_ciphers, (const SSL*, char*, int))
CIAO_ABSENT_QUIETLY(const COMP_METHOD*, nullptr, SSL_get_current_compression, (const SSL*),
                    kNoCompression)
CIAO_ABSENT_QUIETLY(const COMP_METHOD*, nullptr, SSL_get_current_expansion, (const SSL*),
                    kNoCompression)
