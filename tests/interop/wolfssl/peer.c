/* A peer on wolfSSL. */
#include "../c/peer.h"

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/dh.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct connection {
  WOLFSSL* ssl;
};

static const struct settings* settings;
static WOLFSSL_CTX* context;
static WOLFSSL_SESSION* session;
static struct connection connection;

static int group_of(const char* name) {
  static const struct {
    const char* name;
    int value;
  } groups[] = {{"X25519", WOLFSSL_ECC_X25519},   {"P-256", WOLFSSL_ECC_SECP256R1},
                {"P-384", WOLFSSL_ECC_SECP384R1}, {"P-521", WOLFSSL_ECC_SECP521R1},
                {"X448", WOLFSSL_ECC_X448},       {"ffdhe2048", WOLFSSL_FFDHE_2048},
                {"ffdhe3072", WOLFSSL_FFDHE_3072}};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; ++i)
    if (strcmp(groups[i].name, name) == 0) return groups[i].value;
  die("unknown group");
  return 0;
}

/* What went wrong on a connection, with the alert that came, if one did. */
static void complain(WOLFSSL* ssl, int code) {
  char text[WOLFSSL_MAX_ERROR_SZ];
  WOLFSSL_ALERT_HISTORY alerts;
  const int error = wolfSSL_get_error(ssl, code);
  printf("info error=%d %s\n", error, wolfSSL_ERR_error_string((unsigned long)error, text));
  memset(&alerts, 0, sizeof alerts);
  if (wolfSSL_get_alert_history(ssl, &alerts) == WOLFSSL_SUCCESS && alerts.last_rx.code > 0)
    printf("info alert=%d\n", alerts.last_rx.code);
}

static int read_groups(const char* list, int* groups) {
  int count = 0;
  char *copy = NULL, *rest = NULL, *name;
  while ((name = next_name(list, &copy, &rest)) != NULL)
    if (count < kMaxGroups) groups[count++] = group_of(name);
  return count;
}

static unsigned give_psk(unsigned char* key, unsigned size) {
  if ((unsigned)settings->psk_length > size) return 0;
  memcpy(key, settings->psk, (size_t)settings->psk_length);
  return (unsigned)settings->psk_length;
}

static unsigned client_psk(WOLFSSL* ssl, const char* hint, char* identity, unsigned identity_size,
                           unsigned char* key, unsigned size) {
  (void)ssl, (void)hint;
  snprintf(identity, identity_size, "%s", settings->psk_identity);
  return give_psk(key, size);
}

static unsigned server_psk(WOLFSSL* ssl, const char* identity, unsigned char* key, unsigned size) {
  (void)ssl;
  return strcmp(identity, settings->psk_identity) == 0 ? give_psk(key, size) : 0;
}

static void set_credentials(void) {
  const struct settings* s = settings;
  if (s->cert != NULL &&
      (wolfSSL_CTX_use_certificate_chain_file(context, s->cert) != WOLFSSL_SUCCESS ||
       wolfSSL_CTX_use_PrivateKey_file(context, s->key, WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS))
    die("wolfSSL does not take the certificate");
  if (s->ca != NULL && wolfSSL_CTX_load_verify_locations(context, s->ca, NULL) != WOLFSSL_SUCCESS)
    die("wolfSSL does not take the authority");
  if (s->demand)
    wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           NULL);
  else
    wolfSSL_CTX_set_verify(context, s->server ? WOLFSSL_VERIFY_NONE : WOLFSSL_VERIFY_PEER, NULL);
  if (s->psk_length == 0) return;
  if (s->server)
    wolfSSL_CTX_set_psk_server_callback(context, server_psk);
  else
    wolfSSL_CTX_set_psk_client_callback(context, client_psk);
}

/* What only TLS 1.2 has: finite-field groups by value, and a client's choice to take tickets. */
static void set_up_tls12(void) {
  const int other = settings->groups != NULL && strcmp(settings->groups, "ffdhe3072") == 0;
  if (settings->groups != NULL && !other) {
    int groups[kMaxGroups];
    const int count = read_groups(settings->groups, groups);
    for (int i = 0; i < count; ++i)
      if (wolfSSL_CTX_UseSupportedCurve(context, (word16)groups[i]) != WOLFSSL_SUCCESS)
        die("wolfSSL does not take the groups");
  }
  const DhParams* dh = other ? wc_Dh_ffdhe3072_Get() : wc_Dh_ffdhe2048_Get();
  if (wolfSSL_CTX_SetTmpDH(context, dh->p, (int)dh->p_len, dh->g, (int)dh->g_len) !=
      WOLFSSL_SUCCESS)
    die("wolfSSL does not take the DH group");
  if (settings->server && settings->no_tickets)
    wolfSSL_CTX_NoTicketTLSv12(context);
  else if (!settings->server && !settings->no_tickets)
    wolfSSL_CTX_UseSessionTicket(context);
}

void make_start(const struct settings* s) {
  settings = s;
  wolfSSL_Init();
  if (s->tls12)
    context =
        wolfSSL_CTX_new(s->server ? wolfTLSv1_2_server_method() : wolfTLSv1_2_client_method());
  else
    context =
        wolfSSL_CTX_new(s->server ? wolfTLSv1_3_server_method() : wolfTLSv1_3_client_method());
  if (context == NULL) die("no context");
  set_credentials();
  if (s->tls12) set_up_tls12();
  if (s->groups != NULL && !s->tls12) {
    int groups[kMaxGroups];
    const int count = read_groups(s->groups, groups);
    if (wolfSSL_CTX_set_groups(context, groups, count) != WOLFSSL_SUCCESS)
      die("wolfSSL does not take the groups");
  }
  if (s->suites != NULL && wolfSSL_CTX_set_cipher_list(context, s->suites) != WOLFSSL_SUCCESS)
    die("wolfSSL does not take the suite");
}

void make_stop(void) {
  wolfSSL_CTX_free(context);
  wolfSSL_Cleanup();
}

struct connection* make_open(int fd, int again) {
  const struct settings* s = settings;
  WOLFSSL* ssl = wolfSSL_new(context);
  if (ssl == NULL) die("no connection");
  wolfSSL_set_fd(ssl, fd);
  if (s->alpn != NULL) {
    char* list = strdup(s->alpn);
    if (wolfSSL_UseALPN(ssl, list, (unsigned)strlen(list), WOLFSSL_ALPN_FAILED_ON_MISMATCH) !=
        WOLFSSL_SUCCESS)
      die("wolfSSL does not take the protocols");
    free(list);
  }
  if (!s->server) {
    wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, s->name, (unsigned short)strlen(s->name));
    wolfSSL_check_domain_name(ssl, s->name);
    if (s->groups != NULL && !s->tls12) {
      int groups[kMaxGroups];
      if (read_groups(s->groups, groups) > 0) wolfSSL_UseKeyShare(ssl, (word16)groups[0]);
    }
  }
  if (again && wolfSSL_set_session(ssl, session) != WOLFSSL_SUCCESS)
    die("wolfSSL does not take the session");
  connection.ssl = ssl;
  return &connection;
}

int make_send_early(struct connection* c, const char* data, int length) {
  (void)c, (void)data, (void)length;
  die("Debian's wolfSSL is built without early data");
  return 0;
}

int make_handshake(struct connection* c) {
  const int code = settings->server ? wolfSSL_accept(c->ssl) : wolfSSL_connect(c->ssl);
  if (code != WOLFSSL_SUCCESS) complain(c->ssl, code);
  return code == WOLFSSL_SUCCESS;
}

void make_report(struct connection* c) {
  char* protocol = NULL;
  unsigned short length = 0;
  printf("info version=%s\n", wolfSSL_get_version(c->ssl));
  printf("info suite=%s\n", wolfSSL_CIPHER_get_name(wolfSSL_get_current_cipher(c->ssl)));
  printf("info resumed=%s\n", wolfSSL_session_reused(c->ssl) ? "true" : "false");
  if (settings->alpn != NULL &&
      wolfSSL_ALPN_GetProtocol(c->ssl, &protocol, &length) == WOLFSSL_SUCCESS)
    printf("info alpn=%.*s\n", length, protocol);
  if (settings->server) {
    WOLFSSL_X509* peer = wolfSSL_get_peer_certificate(c->ssl);
    if (peer != NULL) {
      printf("info client_name=%s\n", wolfSSL_X509_get_subjectCN(peer));
      wolfSSL_X509_free(peer);
    }
  }
}

int make_write(struct connection* c, const char* data, int length) {
  const int written = wolfSSL_write(c->ssl, data, length);
  if (written != length) complain(c->ssl, written);
  return written == length;
}

int make_read(struct connection* c, char* data, int size, int wait) {
  const int fd = wolfSSL_get_fd(c->ssl);
  if (!wait) set_blocking(fd, 0);
  const int length = wolfSSL_read(c->ssl, data, size);
  if (!wait) set_blocking(fd, 1);
  if (length > 0) return length;
  switch (wolfSSL_get_error(c->ssl, length)) {
    case WOLFSSL_ERROR_WANT_READ: return kLater;
    case WOLFSSL_ERROR_ZERO_RETURN: return kEnd; /* Only close_notify makes it. */
    case SOCKET_PEER_CLOSED_E:
    case WOLFSSL_ERROR_SYSCALL: return kTruncated;
    default: complain(c->ssl, length); return kFailed;
  }
}

int make_pending(struct connection* c) { return wolfSSL_pending(c->ssl) > 0; }

void make_keep_session(struct connection* c) { session = wolfSSL_get1_session(c->ssl); }

void make_update_keys(struct connection* c) {
  if (wolfSSL_update_keys(c->ssl) != WOLFSSL_SUCCESS) die("no KeyUpdate");
}

void make_renegotiate(struct connection* c) {
  (void)c;
  die("Debian's wolfSSL is built without renegotiation");
}

void make_close_notify(struct connection* c) { wolfSSL_shutdown(c->ssl); }

int make_socket(struct connection* c) { return wolfSSL_get_fd(c->ssl); }

void make_free(struct connection* c) {
  const int fd = wolfSSL_get_fd(c->ssl);
  wolfSSL_free(c->ssl);
  close(fd);
}
