// QUIC as OpenSSL 3.2 to 3.5 have it, by its own transport or by somebody else's.
#include "libssl/later_prototypes.h"
#include "libssl/not_yet.h"

namespace {
constexpr char kNoQuic[] = "QUIC is left out: this library is TLS over a stream";
}  // namespace

// --- methods, listeners, domains ---

CIAO_ABSENT(const SSL_METHOD*, nullptr, OSSL_QUIC_client_method, (void), kNoQuic)
CIAO_ABSENT(const SSL_METHOD*, nullptr, OSSL_QUIC_client_thread_method, (void), kNoQuic)
CIAO_ABSENT(const SSL_METHOD*, nullptr, OSSL_QUIC_server_method, (void), kNoQuic)
CIAO_ABSENT(SSL*, nullptr, SSL_new_listener, (SSL_CTX*, uint64_t), kNoQuic)
CIAO_ABSENT(SSL*, nullptr, SSL_new_listener_from, (SSL*, uint64_t), kNoQuic)
CIAO_ABSENT(SSL*, nullptr, SSL_new_from_listener, (SSL*, uint64_t), kNoQuic)
CIAO_ABSENT(SSL*, nullptr, SSL_new_domain, (SSL_CTX*, uint64_t), kNoQuic)
CIAO_ABSENT(int, 0, SSL_listen, (SSL*), kNoQuic)
CIAO_ABSENT(SSL*, nullptr, SSL_accept_connection, (SSL*, uint64_t), kNoQuic)
CIAO_ABSENT_QUIETLY(size_t, 0, SSL_get_accept_connection_queue_len, (SSL*), kNoQuic)
CIAO_ABSENT(int, 0, SSL_CTX_get_domain_flags, (const SSL_CTX*, uint64_t*), kNoQuic)
CIAO_ABSENT(int, 0, SSL_CTX_set_domain_flags, (SSL_CTX*, uint64_t), kNoQuic)
CIAO_ABSENT(int, 0, SSL_get_domain_flags, (const SSL*, uint64_t*), kNoQuic)
CIAO_ABSENT(void, , SSL_CTX_set_new_pending_conn_cb,
            (SSL_CTX*, int (*)(SSL_CTX*, SSL*, void*), void*), kNoQuic)
CIAO_ABSENT(int, 0, SSL_set1_initial_peer_addr, (SSL*, const BIO_ADDR*), kNoQuic)
CIAO_ABSENT(int, 0, SSL_inject_net_dgram,
            (SSL*, const unsigned char*, size_t, const BIO_ADDR*, const BIO_ADDR*), kNoQuic)

// --- streams ---

CIAO_ABSENT(SSL*, nullptr, SSL_new_stream, (SSL*, uint64_t), kNoQuic)
CIAO_ABSENT(SSL*, nullptr, SSL_accept_stream, (SSL*, uint64_t), kNoQuic)
CIAO_ABSENT_QUIETLY(size_t, 0, SSL_get_accept_stream_queue_len, (SSL*), kNoQuic)
CIAO_ABSENT(int, 0, SSL_set_default_stream_mode, (SSL*, uint32_t), kNoQuic)
CIAO_ABSENT(int, 0, SSL_set_incoming_stream_policy, (SSL*, int, uint64_t), kNoQuic)
CIAO_ABSENT(int, 0, SSL_stream_conclude, (SSL*, uint64_t), kNoQuic)
CIAO_ABSENT(int, 0, SSL_stream_reset, (SSL*, const ssl_stream_reset_args_st*, size_t), kNoQuic)
// What SSL_get_stream_id(3) and SSL_get_stream_read_state(3) give for what is not QUIC: no id, both
// ways (SSL_STREAM_TYPE_BIDI), nobody's, no state (SSL_STREAM_STATE_NONE), no code.
CIAO_ABSENT_QUIETLY(uint64_t, UINT64_MAX, SSL_get_stream_id, (SSL*), kNoQuic)
CIAO_ABSENT_QUIETLY(int, 3, SSL_get_stream_type, (SSL*), kNoQuic)
CIAO_ABSENT_QUIETLY(int, -1, SSL_is_stream_local, (SSL*), kNoQuic)
CIAO_ABSENT_QUIETLY(int, 0, SSL_get_stream_read_state, (SSL*), kNoQuic)
CIAO_ABSENT_QUIETLY(int, 0, SSL_get_stream_write_state, (SSL*), kNoQuic)
CIAO_ABSENT_QUIETLY(int, -1, SSL_get_stream_read_error_code, (SSL*, uint64_t*), kNoQuic)
CIAO_ABSENT_QUIETLY(int, -1, SSL_get_stream_write_error_code, (SSL*, uint64_t*), kNoQuic)
CIAO_ABSENT_QUIETLY(int, -1, SSL_get_conn_close_info, (SSL*, ssl_conn_close_info_st*, size_t),
                    kNoQuic)

// --- settings, polling ---

CIAO_ABSENT(int, -1, SSL_get_blocking_mode, (SSL*), kNoQuic)
CIAO_ABSENT(int, 0, SSL_set_blocking_mode, (SSL*, int), kNoQuic)
CIAO_ABSENT(int, 0, SSL_get_value_uint, (SSL*, uint32_t, uint32_t, uint64_t*), kNoQuic)
CIAO_ABSENT(int, 0, SSL_set_value_uint, (SSL*, uint32_t, uint32_t, uint64_t), kNoQuic)
CIAO_ABSENT(int, 0, SSL_poll,
            (ssl_poll_item_st*, size_t, size_t, const timeval*, uint64_t, size_t*), kNoQuic)

// --- TLS for a QUIC that is not OpenSSL's ---

CIAO_ABSENT(int, 0, SSL_set_quic_tls_cbs, (SSL*, const OSSL_DISPATCH*, void*), kNoQuic)
CIAO_ABSENT(int, 0, SSL_set_quic_tls_early_data_enabled, (SSL*, int), kNoQuic)
CIAO_ABSENT(int, 0, SSL_set_quic_tls_transport_params, (SSL*, const unsigned char*, size_t),
            kNoQuic)
