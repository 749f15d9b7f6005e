/* A peer on GnuTLS, of TLS 1.3 only: for what gnutls-cli and gnutls-serv do not show, early data.
 * --suites and --groups are one name each of GnuTLS's own, for its priority string. */
#include "../c/peer.h"

#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { kMaxEarlyData = 16384, kRecorded = 16, kMaxRecord = 64 };

struct connection {
  gnutls_session_t session;
  int fd, early_left;
};

static const struct settings* settings;
static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priority;
static gnutls_datum_t ticket_key, kept;
static gnutls_anti_replay_t anti_replay;
static struct connection connection;
static int opened;
/* What anti-replay has seen, by GnuTLS's own keys. */
static unsigned char recorded[kRecorded][kMaxRecord];
static unsigned recorded_sizes[kRecorded];
static int recorded_count;

static void check(int code, const char* what) {
  if (code >= 0) return;
  printf("info error=%s: %s\n", what, gnutls_strerror(code));
  exit(1);
}

/* What went wrong on a connection, with the alert that came, if one did. */
static int complain(struct connection* c, int code) {
  printf("info error=%d %s\n", code, gnutls_strerror(code));
  if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
    printf("info alert=%d\n", gnutls_alert_get(c->session));
  return code == GNUTLS_E_PREMATURE_TERMINATION ? kTruncated : kFailed;
}

static int record_hello(void* of, time_t until, const gnutls_datum_t* key,
                        const gnutls_datum_t* data) {
  (void)of, (void)until, (void)data;
  for (int i = 0; i < recorded_count; ++i)
    if (recorded_sizes[i] == key->size && memcmp(recorded[i], key->data, key->size) == 0)
      return GNUTLS_E_DB_ENTRY_EXISTS;
  if (recorded_count == kRecorded || key->size > kMaxRecord) return GNUTLS_E_DB_ERROR;
  memcpy(recorded[recorded_count], key->data, key->size);
  recorded_sizes[recorded_count++] = key->size;
  return 0;
}

void make_start(const struct settings* s) {
  char words[400];
  settings = s;
  if (s->tls12) die("for TLS 1.2 there are gnutls-cli and gnutls-serv");
  snprintf(words, sizeof words, "NORMAL:-VERS-ALL:+VERS-TLS1.3%s%s",
           s->suites ? ":-CIPHER-ALL:+" : "", s->suites ? s->suites : "");
  char *copy = NULL, *rest = NULL, *name;
  if (s->groups != NULL) {
    strcat(words, ":-GROUP-ALL");
    while ((name = next_name(s->groups, &copy, &rest)) != NULL)
      snprintf(words + strlen(words), sizeof words - strlen(words), ":+%s", name);
  }
  check(gnutls_priority_init(&priority, words, NULL), "priority");
  check(gnutls_certificate_allocate_credentials(&credentials), "credentials");
  if (s->ca != NULL)
    check(gnutls_certificate_set_x509_trust_file(credentials, s->ca, GNUTLS_X509_FMT_PEM),
          "authority");
  if (s->cert != NULL)
    check(gnutls_certificate_set_x509_key_file(credentials, s->cert, s->key, GNUTLS_X509_FMT_PEM),
          "certificate");
  if (!s->server) return;
  check(gnutls_session_ticket_key_generate(&ticket_key), "ticket key");
  check(gnutls_anti_replay_init(&anti_replay), "anti-replay");
  gnutls_anti_replay_set_add_function(anti_replay, record_hello);
}

void make_stop(void) {}

static void set_up_server(gnutls_session_t session) {
  check(gnutls_session_ticket_enable_server(session, &ticket_key), "tickets");
  if (settings->early == NULL) return;
  gnutls_anti_replay_enable(session, anti_replay);
  check(gnutls_record_set_max_early_data_size(session, kMaxEarlyData), "early data");
}

static void set_up_client(gnutls_session_t session, int again) {
  const char* name = settings->name;
  check(gnutls_server_name_set(session, GNUTLS_NAME_DNS, name, strlen(name)), "name");
  gnutls_session_set_verify_cert(session, name, 0);
  if (again) check(gnutls_session_set_data(session, kept.data, kept.size), "session");
}

struct connection* make_open(int fd, int again) {
  struct connection* c = &connection;
  unsigned flags = settings->server ? GNUTLS_SERVER : GNUTLS_CLIENT;
  /* Only to offer it: the first connection's ticket allows what the second one refuses. */
  const int refuses =
      settings->early != NULL && opened > 0 && strcmp(settings->early, "offer") == 0;
  if (settings->early != NULL && !refuses) flags |= GNUTLS_ENABLE_EARLY_DATA;
  ++opened;
  c->fd = fd;
  c->early_left = settings->server;
  check(gnutls_init(&c->session, flags), "connection");
  check(gnutls_priority_set(c->session, priority), "priority");
  check(gnutls_credentials_set(c->session, GNUTLS_CRD_CERTIFICATE, credentials), "credentials");
  if (settings->server)
    set_up_server(c->session);
  else
    set_up_client(c->session, again);
  gnutls_transport_set_int(c->session, fd);
  return c;
}

int make_send_early(struct connection* c, const char* data, int length) {
  const ssize_t sent = gnutls_record_send_early_data(c->session, data, (size_t)length);
  if (sent < 0) complain(c, (int)sent);
  return sent >= 0;
}

int make_handshake(struct connection* c) {
  int code;
  do {
    code = gnutls_handshake(c->session);
  } while (code < 0 && gnutls_error_is_fatal(code) == 0);
  if (code < 0) complain(c, code);
  return code == 0;
}

void make_report(struct connection* c) {
  gnutls_datum_t protocol;
  const unsigned flags = gnutls_session_get_flags(c->session);
  printf("info suite=TLS_%s\n", gnutls_cipher_get_name(gnutls_cipher_get(c->session)));
  printf("info resumed=%s\n", gnutls_session_is_resumed(c->session) ? "true" : "false");
  if (settings->early != NULL)
    printf("info early=%s\n", flags & GNUTLS_SFLAGS_EARLY_DATA ? "accepted" : "rejected");
  if (gnutls_alpn_get_selected_protocol(c->session, &protocol) == 0)
    printf("info alpn=%.*s\n", (int)protocol.size, (const char*)protocol.data);
}

/* GnuTLS hands early data out by a function of its own, until there is no more of it. */
static int read_early(struct connection* c, char* data, int size) {
  const ssize_t length = gnutls_record_recv_early_data(c->session, data, (size_t)size);
  if (length <= 0) c->early_left = 0;
  return length > 0 ? (int)length : 0;
}

int make_read(struct connection* c, char* data, int size, int wait) {
  ssize_t length = c->early_left ? read_early(c, data, size) : 0;
  if (length > 0) return (int)length;
  if (!wait) set_blocking(c->fd, 0);
  do {
    length = gnutls_record_recv(c->session, data, (size_t)size);
  } while (wait && length < 0 && gnutls_error_is_fatal((int)length) == 0);
  if (!wait) set_blocking(c->fd, 1);
  if (length > 0) return (int)length;
  if (length == 0) return kEnd;
  return gnutls_error_is_fatal((int)length) == 0 ? kLater : complain(c, (int)length);
}

int make_write(struct connection* c, const char* data, int length) {
  const ssize_t written = gnutls_record_send(c->session, data, (size_t)length);
  if (written != length) complain(c, (int)written);
  return written == length;
}

int make_pending(struct connection* c) { return gnutls_record_check_pending(c->session) > 0; }

void make_keep_session(struct connection* c) {
  check(gnutls_session_get_data2(c->session, &kept), "session");
}

void make_update_keys(struct connection* c) {
  check(gnutls_session_key_update(c->session, 0), "KeyUpdate");
}

void make_renegotiate(struct connection* c) {
  (void)c;
  die("there is no second handshake in TLS 1.3");
}

void make_close_notify(struct connection* c) { gnutls_bye(c->session, GNUTLS_SHUT_WR); }

int make_socket(struct connection* c) { return c->fd; }

void make_free(struct connection* c) {
  gnutls_deinit(c->session);
  close(c->fd);
}
