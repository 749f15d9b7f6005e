// SSL_read(3), SSL_write(3), SSL_pending(3), SSL_alloc_buffers(3),
// SSL_CTX_set_record_padding_callback(3).
#include <openssl/ssl.h>

#include "libssl/not_yet.h"

CIAO_NOT_YET(int, -1, SSL_read, (SSL*, void*, int))
CIAO_NOT_YET(int, 0, SSL_read_ex, (SSL*, void*, size_t, size_t*))
CIAO_NOT_YET(int, -1, SSL_peek, (SSL*, void*, int))
CIAO_NOT_YET(int, 0, SSL_peek_ex, (SSL*, void*, size_t, size_t*))
CIAO_NOT_YET(int, -1, SSL_write, (SSL*, const void*, int))
CIAO_NOT_YET(int, 0, SSL_write_ex, (SSL*, const void*, size_t, size_t*))
CIAO_NOT_YET(ssize_t, -1, SSL_sendfile, (SSL*, int, off_t, size_t, int))
CIAO_NOT_YET(int, 0, SSL_pending, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_has_pending, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_get_read_ahead, (const SSL*))
CIAO_NOT_YET(void, , SSL_set_read_ahead, (SSL*, int))
CIAO_NOT_YET(int, 0, SSL_alloc_buffers, (SSL*))
CIAO_NOT_YET(int, 0, SSL_free_buffers, (SSL*))
CIAO_NOT_YET(void, , SSL_CTX_set_default_read_buffer_len, (SSL_CTX*, size_t))
CIAO_NOT_YET(void, , SSL_set_default_read_buffer_len, (SSL*, size_t))
CIAO_NOT_YET(int, 0, SSL_CTX_set_block_padding, (SSL_CTX*, size_t))
CIAO_NOT_YET(int, 0, SSL_set_block_padding, (SSL*, size_t))
CIAO_NOT_YET(void, , SSL_CTX_set_record_padding_callback,
             (SSL_CTX*, size_t (*)(SSL*, int, size_t, void*)))
CIAO_NOT_YET(int, 0, SSL_set_record_padding_callback, (SSL*, size_t (*)(SSL*, int, size_t, void*)))
CIAO_NOT_YET(void, , SSL_CTX_set_record_padding_callback_arg, (SSL_CTX*, void*))
CIAO_NOT_YET(void, , SSL_set_record_padding_callback_arg, (SSL*, void*))
CIAO_NOT_YET(void*, nullptr, SSL_CTX_get_record_padding_callback_arg, (const SSL_CTX*))
CIAO_NOT_YET(void*, nullptr, SSL_get_record_padding_callback_arg, (const SSL*))
CIAO_NOT_YET(int, 0, SSL_CTX_set_tlsext_max_fragment_length, (SSL_CTX*, uint8_t))
CIAO_NOT_YET(int, 0, SSL_set_tlsext_max_fragment_length, (SSL*, uint8_t))
