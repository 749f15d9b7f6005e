// What OpenSSL 3.2 to 3.5 added to the interface, which the headers of 3.0 do not declare. Beside
// newer headers these are repetitions.
#pragma once

#include <openssl/bio.h>
#include <openssl/core.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <ctime>

struct timeval;
struct ssl_conn_close_info_st;
struct ssl_poll_item_st;
struct ssl_shutdown_ex_args_st;
struct ssl_stream_reset_args_st;

#ifndef BIO_POLL_DESCRIPTOR_TYPE_NONE
// BIO_get_rpoll_descriptor(3)
struct bio_poll_descriptor_st {  // NOLINT(readability-identifier-naming): OpenSSL's
  std::uint32_t type;
  union {
    int fd;
    void* custom;
    std::uintptr_t custom_ui;
    SSL* ssl;
  } value;
};
#define BIO_POLL_DESCRIPTOR_TYPE_NONE 0
#define BIO_POLL_DESCRIPTOR_TYPE_SOCK_FD 1
#define BIO_CTRL_GET_RPOLL_DESCRIPTOR 91
#define BIO_CTRL_GET_WPOLL_DESCRIPTOR 92
#endif

// Nothing here is said to throw nothing, as <openssl/ssl.h> says nothing.
extern "C" {

// --- TLS ---
const char* SSL_get0_group_name(SSL* s);
char* SSL_get1_builtin_sigalgs(OSSL_LIB_CTX* libctx);
int SSL_client_hello_get_extension_order(SSL* s, uint16_t* exts, size_t* num_exts);
int SSL_get_handshake_rtt(const SSL* s, uint64_t* rtt);
int SSL_write_ex2(SSL* s, const void* buf, size_t num, uint64_t flags, size_t* written);
int SSL_CTX_set_block_padding_ex(SSL_CTX* ctx, size_t app_block_size, size_t hs_block_size);
int SSL_set_block_padding_ex(SSL* ssl, size_t app_block_size, size_t hs_block_size);
int SSL_shutdown_ex(SSL* s, uint64_t flags, const ssl_shutdown_ex_args_st* args, size_t args_len);
time_t SSL_SESSION_get_time_ex(const SSL_SESSION* s);
time_t SSL_SESSION_set_time_ex(SSL_SESSION* s, time_t t);
SSL_SESSION* d2i_SSL_SESSION_ex(SSL_SESSION** a, const unsigned char** pp, long length,
                                OSSL_LIB_CTX* libctx, const char* propq);
void SSL_CTX_flush_sessions_ex(SSL_CTX* ctx, time_t tm);

// --- what an SSL is, and what it waits for ---
int SSL_is_tls(const SSL* s);
int SSL_is_quic(const SSL* s);
int SSL_is_connection(SSL* s);
int SSL_is_listener(SSL* s);
int SSL_is_domain(SSL* s);
SSL* SSL_get0_connection(SSL* s);
SSL* SSL_get0_listener(SSL* s);
SSL* SSL_get0_domain(SSL* s);
int SSL_handle_events(SSL* s);
int SSL_get_event_timeout(SSL* s, timeval* tv, int* is_infinite);
int SSL_get_rpoll_descriptor(SSL* s, bio_poll_descriptor_st* desc);
int SSL_get_wpoll_descriptor(SSL* s, bio_poll_descriptor_st* desc);
int SSL_net_read_desired(SSL* s);
int SSL_net_write_desired(SSL* s);

}  // extern "C"
