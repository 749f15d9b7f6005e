// SSL_SESSION_free(3), SSL_SESSION_get0_id_context(3) and the other SSL_SESSION_ pages.
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(SSL_SESSION*, nullptr, SSL_SESSION_dup, (const SSL_SESSION*))
CIAO_NOT_YET(void, , SSL_SESSION_free, (SSL_SESSION*))
CIAO_NOT_YET(void, , SSL_SESSION_get0_alpn_selected,
             (const SSL_SESSION*, const unsigned char**, size_t*))
CIAO_NOT_YET(const SSL_CIPHER*, nullptr, SSL_SESSION_get0_cipher, (const SSL_SESSION*))
CIAO_NOT_YET(const char*, nullptr, SSL_SESSION_get0_hostname, (const SSL_SESSION*))
CIAO_NOT_YET(const unsigned char*, nullptr, SSL_SESSION_get0_id_context,
             (const SSL_SESSION*, unsigned int*))
CIAO_NOT_YET(X509*, nullptr, SSL_SESSION_get0_peer, (SSL_SESSION*))
CIAO_NOT_YET(void, , SSL_SESSION_get0_ticket, (const SSL_SESSION*, const unsigned char**, size_t*))
CIAO_NOT_YET(int, 0, SSL_SESSION_get0_ticket_appdata, (SSL_SESSION*, void**, size_t*))
CIAO_NOT_YET(unsigned int, 0, SSL_SESSION_get_compress_id, (const SSL_SESSION*))
CIAO_NOT_YET(void*, nullptr, SSL_SESSION_get_ex_data, (const SSL_SESSION*, int))
CIAO_NOT_YET(const unsigned char*, nullptr, SSL_SESSION_get_id, (const SSL_SESSION*, unsigned int*))
CIAO_NOT_YET(size_t, 0, SSL_SESSION_get_master_key, (const SSL_SESSION*, unsigned char*, size_t))
CIAO_NOT_YET(uint32_t, 0, SSL_SESSION_get_max_early_data, (const SSL_SESSION*))
CIAO_NOT_YET(uint8_t, 0, SSL_SESSION_get_max_fragment_length, (const SSL_SESSION*))
CIAO_NOT_YET(int, 0, SSL_SESSION_get_protocol_version, (const SSL_SESSION*))
CIAO_NOT_YET(unsigned long, 0, SSL_SESSION_get_ticket_lifetime_hint, (const SSL_SESSION*))
CIAO_NOT_YET(long, 0, SSL_SESSION_get_time, (const SSL_SESSION*))
CIAO_NOT_YET(long, 0, SSL_SESSION_get_timeout, (const SSL_SESSION*))
CIAO_NOT_YET(int, 0, SSL_SESSION_has_ticket, (const SSL_SESSION*))
CIAO_NOT_YET(int, 0, SSL_SESSION_is_resumable, (const SSL_SESSION*))
CIAO_NOT_YET(SSL_SESSION*, nullptr, SSL_SESSION_new, (void))
CIAO_NOT_YET(int, 0, SSL_SESSION_set1_alpn_selected, (SSL_SESSION*, const unsigned char*, size_t))
CIAO_NOT_YET(int, 0, SSL_SESSION_set1_hostname, (SSL_SESSION*, const char*))
CIAO_NOT_YET(int, 0, SSL_SESSION_set1_id, (SSL_SESSION*, const unsigned char*, unsigned int))
CIAO_NOT_YET(int, 0, SSL_SESSION_set1_id_context,
             (SSL_SESSION*, const unsigned char*, unsigned int))
CIAO_NOT_YET(int, 0, SSL_SESSION_set1_master_key, (SSL_SESSION*, const unsigned char*, size_t))
CIAO_NOT_YET(int, 0, SSL_SESSION_set1_ticket_appdata, (SSL_SESSION*, const void*, size_t))
CIAO_NOT_YET(int, 0, SSL_SESSION_set_cipher, (SSL_SESSION*, const SSL_CIPHER*))
CIAO_NOT_YET(int, 0, SSL_SESSION_set_ex_data, (SSL_SESSION*, int, void*))
CIAO_NOT_YET(int, 0, SSL_SESSION_set_max_early_data, (SSL_SESSION*, uint32_t))
CIAO_NOT_YET(int, 0, SSL_SESSION_set_protocol_version, (SSL_SESSION*, int))
CIAO_NOT_YET(long, 0, SSL_SESSION_set_time, (SSL_SESSION*, long))
CIAO_NOT_YET(long, 0, SSL_SESSION_set_timeout, (SSL_SESSION*, long))
CIAO_NOT_YET(int, 0, SSL_SESSION_up_ref, (SSL_SESSION*))
