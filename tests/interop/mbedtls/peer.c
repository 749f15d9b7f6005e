/* A peer on Mbed TLS. */
#include "../c/peer.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/dhm.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/oid.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct connection {
  mbedtls_ssl_context ssl;
  mbedtls_net_context net;
};

enum { kTicketLifetime = 3600, kMaxProtocols = 8 };

static const struct settings* settings;
static mbedtls_ssl_config config;
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_context;
static mbedtls_x509_crt authority, chain;
static mbedtls_pk_context key;
static mbedtls_ssl_cache_context cache;
static mbedtls_ssl_ticket_context tickets;
static mbedtls_ssl_session session;
static mbedtls_ecp_group_id groups[kMaxGroups + 1];
static const char* protocols[kMaxProtocols + 1];
static int suites[2];
static struct connection connection;

static void check(int code, const char* what) {
  char text[200];
  if (code == 0) return;
  mbedtls_strerror(code, text, sizeof text);
  printf("info error=%s: %s\n", what, text);
  exit(1);
}

/* What went wrong on a connection, with the alert that came, if one did. */
static int complain(struct connection* c, int code) {
  char text[200];
  mbedtls_strerror(code, text, sizeof text);
  printf("info error=-0x%04x %s\n", (unsigned)-code, text);
  if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) printf("info alert=%d\n", c->ssl.in_msg[1]);
  const uint32_t flags = mbedtls_ssl_get_verify_result(&c->ssl);
  if (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED &&
      mbedtls_x509_crt_verify_info(text, sizeof text, "", flags) > 0)
    printf("info verify=%s", text);
  return kFailed;
}

static mbedtls_ecp_group_id group_of(const char* name) {
  static const struct {
    const char* name;
    mbedtls_ecp_group_id id;
  } known[] = {{"X25519", MBEDTLS_ECP_DP_CURVE25519},
               {"P-256", MBEDTLS_ECP_DP_SECP256R1},
               {"P-384", MBEDTLS_ECP_DP_SECP384R1},
               {"P-521", MBEDTLS_ECP_DP_SECP521R1}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i)
    if (strcmp(known[i].name, name) == 0) return known[i].id;
  die("unknown group");
  return MBEDTLS_ECP_DP_NONE;
}

static void set_lists(void) {
  const struct settings* s = settings;
  char *copy = NULL, *rest = NULL, *name;
  int count = 0;
  if (s->groups != NULL && strcmp(s->groups, "ffdhe3072") == 0) {
    static const unsigned char prime[] = MBEDTLS_DHM_RFC7919_FFDHE3072_P_BIN;
    static const unsigned char generator[] = MBEDTLS_DHM_RFC7919_FFDHE3072_G_BIN;
    check(mbedtls_ssl_conf_dh_param_bin(&config, prime, sizeof prime, generator, sizeof generator),
          "DH group");
  } else if (s->groups != NULL) {
    while ((name = next_name(s->groups, &copy, &rest)) != NULL)
      if (count < kMaxGroups) groups[count++] = group_of(name);
    groups[count] = MBEDTLS_ECP_DP_NONE;
    mbedtls_ssl_conf_curves(&config, groups);
  }
  if (s->suites != NULL) {
    suites[0] = mbedtls_ssl_get_ciphersuite_id(s->suites);
    if (suites[0] == 0) die("Mbed TLS does not know the suite");
    mbedtls_ssl_conf_ciphersuites(&config, suites);
  }
  copy = NULL, count = 0;
  if (s->alpn != NULL) {
    while ((name = next_name(s->alpn, &copy, &rest)) != NULL)
      if (count < kMaxProtocols) protocols[count++] = strdup(name);
    check(mbedtls_ssl_conf_alpn_protocols(&config, protocols), "ALPN");
  }
}

static void set_credentials(void) {
  const struct settings* s = settings;
  if (s->ca != NULL) {
    check(mbedtls_x509_crt_parse_file(&authority, s->ca), "authority");
    mbedtls_ssl_conf_ca_chain(&config, &authority, NULL);
  }
  if (s->cert != NULL) {
    check(mbedtls_x509_crt_parse_file(&chain, s->cert), "certificate");
    check(mbedtls_pk_parse_keyfile(&key, s->key, NULL), "key");
    check(mbedtls_ssl_conf_own_cert(&config, &chain, &key), "certificate and key");
  }
  if (s->psk_length > 0)
    check(mbedtls_ssl_conf_psk(&config, s->psk, (size_t)s->psk_length,
                               (const unsigned char*)s->psk_identity, strlen(s->psk_identity)),
          "PSK");
  mbedtls_ssl_conf_authmode(
      &config, !s->server || s->demand ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
}

static void set_resumption(void) {
  const int with_tickets = !settings->no_tickets;
  if (!settings->server) {
    mbedtls_ssl_conf_session_tickets(&config, with_tickets ? MBEDTLS_SSL_SESSION_TICKETS_ENABLED
                                                           : MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
    return;
  }
  if (with_tickets) {
    check(mbedtls_ssl_ticket_setup(&tickets, mbedtls_ctr_drbg_random, &random_context,
                                   MBEDTLS_CIPHER_AES_256_GCM, kTicketLifetime),
          "tickets");
    mbedtls_ssl_conf_session_tickets_cb(&config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse,
                                        &tickets);
  } else {
    mbedtls_ssl_conf_session_cache(&config, &cache, mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
  }
}

void make_start(const struct settings* s) {
  settings = s;
  if (!s->tls12) die("Debian's Mbed TLS has no TLS 1.3");
  mbedtls_ssl_config_init(&config);
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&random_context);
  mbedtls_x509_crt_init(&authority);
  mbedtls_x509_crt_init(&chain);
  mbedtls_pk_init(&key);
  mbedtls_ssl_cache_init(&cache);
  mbedtls_ssl_ticket_init(&tickets);
  mbedtls_ssl_session_init(&session);
  check(mbedtls_ctr_drbg_seed(&random_context, mbedtls_entropy_func, &entropy, NULL, 0), "random");
  check(mbedtls_ssl_config_defaults(&config,
                                    s->server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
                                    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
        "configuration");
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random_context);
  mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_renegotiation(&config, s->renegotiate ? MBEDTLS_SSL_RENEGOTIATION_ENABLED
                                                         : MBEDTLS_SSL_RENEGOTIATION_DISABLED);
  set_credentials();
  set_lists();
  set_resumption();
}

void make_stop(void) {}

struct connection* make_open(int fd, int again) {
  struct connection* c = &connection;
  mbedtls_ssl_init(&c->ssl);
  c->net.fd = fd;
  check(mbedtls_ssl_setup(&c->ssl, &config), "connection");
  if (!settings->server) check(mbedtls_ssl_set_hostname(&c->ssl, settings->name), "name");
  if (again) check(mbedtls_ssl_set_session(&c->ssl, &session), "session");
  mbedtls_ssl_set_bio(&c->ssl, &c->net, mbedtls_net_send, mbedtls_net_recv, NULL);
  return c;
}

int make_send_early(struct connection* c, const char* data, int length) {
  (void)c, (void)data, (void)length;
  die("Mbed TLS 2.28 has no early data");
  return 0;
}

int make_handshake(struct connection* c) {
  const int code = mbedtls_ssl_handshake(&c->ssl);
  if (code == 0) return 1;
  complain(c, code);
  return 0;
}

void make_report(struct connection* c) {
  const char* protocol = mbedtls_ssl_get_alpn_protocol(&c->ssl);
  printf("info version=%s\n", mbedtls_ssl_get_version(&c->ssl));
  printf("info suite=%s\n", mbedtls_ssl_get_ciphersuite(&c->ssl));
  if (protocol != NULL) printf("info alpn=%s\n", protocol);
  const mbedtls_x509_crt* peer = mbedtls_ssl_get_peer_cert(&c->ssl);
  if (!settings->server || peer == NULL) return;
  for (const mbedtls_x509_name* part = &peer->subject; part != NULL; part = part->next)
    if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &part->oid) == 0)
      printf("info client_name=%.*s\n", (int)part->val.len, part->val.p);
}

int make_read(struct connection* c, char* data, int size, int wait) {
  int length;
  if (!wait) mbedtls_net_set_nonblock(&c->net);
  do {
    length = mbedtls_ssl_read(&c->ssl, (unsigned char*)data, (size_t)size);
  } while (wait && length == MBEDTLS_ERR_SSL_WANT_READ);
  if (!wait) mbedtls_net_set_block(&c->net);
  if (length > 0) return length;
  if (length == MBEDTLS_ERR_SSL_WANT_READ) return kLater;
  if (length == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return kEnd;
  /* 0 is the end of the socket. */
  return length == 0 || length == MBEDTLS_ERR_SSL_CONN_EOF ? kTruncated : complain(c, length);
}

int make_write(struct connection* c, const char* data, int length) {
  for (int done = 0; done < length;) {
    const int part =
        mbedtls_ssl_write(&c->ssl, (const unsigned char*)data + done, (size_t)(length - done));
    if (part <= 0) {
      complain(c, part);
      return 0;
    }
    done += part;
  }
  return 1;
}

int make_pending(struct connection* c) { return mbedtls_ssl_check_pending(&c->ssl); }

void make_keep_session(struct connection* c) {
  check(mbedtls_ssl_get_session(&c->ssl, &session), "session");
}

void make_update_keys(struct connection* c) {
  (void)c;
  die("TLS 1.2 has no KeyUpdate");
}

void make_renegotiate(struct connection* c) {
  const int code = mbedtls_ssl_renegotiate(&c->ssl);
  /* Data that was under way comes before the ServerHello; reading goes on with the handshake. */
  if (code != 0 && code != MBEDTLS_ERR_SSL_WAITING_SERVER_HELLO_RENEGO)
    check(code, "renegotiation");
}

void make_close_notify(struct connection* c) { mbedtls_ssl_close_notify(&c->ssl); }

int make_socket(struct connection* c) { return c->net.fd; }

void make_free(struct connection* c) {
  mbedtls_net_free(&c->net);
  mbedtls_ssl_free(&c->ssl);
}
