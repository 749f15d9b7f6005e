/* A TLS 1.3 peer on wolfSSL; tests/interop/peers/own.py describes its arguments. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kMaxGroups = 8, kBuffer = 16384 };

struct settings {
  int server, port, connections, demand, resume, update;
  const char *cert, *key, *ca, *name, *groups, *suites, *alpn;
};

struct named {
  const char* name;
  int value;
};

static const struct named kGroups[] = {{"X25519", WOLFSSL_ECC_X25519},
                                       {"P-256", WOLFSSL_ECC_SECP256R1},
                                       {"P-384", WOLFSSL_ECC_SECP384R1},
                                       {"P-521", WOLFSSL_ECC_SECP521R1},
                                       {"X448", WOLFSSL_ECC_X448}};

static void die(const char* what) {
  printf("info error=%s\n", what);
  exit(1);
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

static void read_settings(int count, char** words, struct settings* s) {
  const struct {
    const char* name;
    int* number;
    int* flag;
    const char** text;
  } known[] = {{"--port", &s->port, NULL, NULL},     {"--connections", &s->connections, NULL, NULL},
               {"--demand", NULL, &s->demand, NULL}, {"--resume", NULL, &s->resume, NULL},
               {"--update", NULL, &s->update, NULL}, {"--cert", NULL, NULL, &s->cert},
               {"--key", NULL, NULL, &s->key},       {"--ca", NULL, NULL, &s->ca},
               {"--name", NULL, NULL, &s->name},     {"--groups", NULL, NULL, &s->groups},
               {"--suites", NULL, NULL, &s->suites}, {"--alpn", NULL, NULL, &s->alpn}};
  if (count < 2) die("usage: peer server|client --port N ...");
  s->server = strcmp(words[1], "server") == 0;
  for (int i = 2; i < count; ++i) {
    size_t k = 0;
    while (k < sizeof known / sizeof known[0] && strcmp(known[k].name, words[i]) != 0) ++k;
    if (k == sizeof known / sizeof known[0]) die("unknown argument");
    if (known[k].flag != NULL) {
      *known[k].flag = 1;
      continue;
    }
    if (++i == count) die("an argument is missing");
    if (known[k].number != NULL)
      *known[k].number = atoi(words[i]);
    else
      *known[k].text = words[i];
  }
}

static int read_groups(const char* list, int* groups) {
  int count = 0;
  char* copy = strdup(list);
  for (char* name = strtok(copy, ","); name != NULL; name = strtok(NULL, ",")) {
    for (size_t i = 0; i < sizeof kGroups / sizeof kGroups[0]; ++i)
      if (strcmp(kGroups[i].name, name) == 0 && count < kMaxGroups)
        groups[count++] = kGroups[i].value;
  }
  free(copy);
  return count;
}

/* TLS_AES_128_GCM_SHA256 is TLS13-AES128-GCM-SHA256 here. */
static void set_suites(WOLFSSL_CTX* context, const char* names) {
  const struct {
    const char *ours, *theirs;
  } table[] = {{"TLS_AES_128_GCM_SHA256", "TLS13-AES128-GCM-SHA256"},
               {"TLS_AES_256_GCM_SHA384", "TLS13-AES256-GCM-SHA384"},
               {"TLS_CHACHA20_POLY1305_SHA256", "TLS13-CHACHA20-POLY1305-SHA256"},
               {"TLS_AES_128_CCM_SHA256", "TLS13-AES128-CCM-SHA256"},
               {"TLS_AES_128_CCM_8_SHA256", "TLS13-AES128-CCM-8-SHA256"}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; ++i) {
    if (strcmp(table[i].ours, names) != 0) continue;
    if (wolfSSL_CTX_set_cipher_list(context, table[i].theirs) != WOLFSSL_SUCCESS)
      die("wolfSSL does not take the suite");
    return;
  }
  die("unknown suite");
}

static WOLFSSL_CTX* make_context(const struct settings* s) {
  WOLFSSL_CTX* context =
      wolfSSL_CTX_new(s->server ? wolfTLSv1_3_server_method() : wolfTLSv1_3_client_method());
  if (context == NULL) die("no context");
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
  if (s->groups != NULL) {
    int groups[kMaxGroups];
    const int count = read_groups(s->groups, groups);
    if (wolfSSL_CTX_set_groups(context, groups, count) != WOLFSSL_SUCCESS)
      die("wolfSSL does not take the groups");
  }
  if (s->suites != NULL) set_suites(context, s->suites);
  return context;
}

static WOLFSSL* make_connection(WOLFSSL_CTX* context, const struct settings* s, int fd) {
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
    if (s->groups != NULL) {
      int groups[kMaxGroups];
      if (read_groups(s->groups, groups) > 0) wolfSSL_UseKeyShare(ssl, (word16)groups[0]);
    }
  }
  return ssl;
}

static void report(WOLFSSL* ssl, const struct settings* s) {
  char* protocol = NULL;
  unsigned short length = 0;
  printf("info version=%s\n", wolfSSL_get_version(ssl));
  printf("info suite=%s\n", wolfSSL_CIPHER_get_name(wolfSSL_get_current_cipher(ssl)));
  printf("info resumed=%s\n", wolfSSL_session_reused(ssl) ? "true" : "false");
  if (s->alpn != NULL && wolfSSL_ALPN_GetProtocol(ssl, &protocol, &length) == WOLFSSL_SUCCESS)
    printf("info alpn=%.*s\n", length, protocol);
  if (s->server) {
    WOLFSSL_X509* peer = wolfSSL_get_peer_certificate(ssl);
    if (peer != NULL) {
      printf("info client_name=%s\n", wolfSSL_X509_get_subjectCN(peer));
      wolfSSL_X509_free(peer);
    }
  }
}

static int write_all(WOLFSSL* ssl, const char* data, int length) {
  const int written = wolfSSL_write(ssl, data, length);
  if (written != length) complain(ssl, written);
  return written == length;
}

/* Says how the peer's data ended: only close_notify makes a ZERO_RETURN. */
static void report_end(WOLFSSL* ssl, int code) {
  const int error = wolfSSL_get_error(ssl, code);
  if (error == WOLFSSL_ERROR_ZERO_RETURN)
    printf("info close=notify\n");
  else if (error == SOCKET_PEER_CLOSED_E || error == WOLFSSL_ERROR_SYSCALL)
    printf("info close=truncated\n");
  else
    complain(ssl, code);
}

static void serve_one(WOLFSSL* ssl, const struct settings* s) {
  char data[kBuffer];
  int length = wolfSSL_accept(ssl);
  if (length != WOLFSSL_SUCCESS) {
    complain(ssl, length);
    return;
  }
  report(ssl, s);
  int updated = !s->update;
  while ((length = wolfSSL_read(ssl, data, sizeof data)) > 0) {
    if (!updated) {
      if (wolfSSL_update_keys(ssl) != WOLFSSL_SUCCESS) die("no KeyUpdate");
      updated = 1;
    }
    if (!write_all(ssl, data, length)) return;
  }
  report_end(ssl, length);
  wolfSSL_shutdown(ssl);
}

static void serve(const struct settings* s) {
  WOLFSSL_CTX* context = make_context(s);
  const int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 8) != 0)
    die("cannot listen");
  for (int i = 0; i < s->connections; ++i) {
    const int fd = accept(listener, NULL, NULL);
    WOLFSSL* ssl = make_connection(context, s, fd);
    serve_one(ssl, s);
    wolfSSL_free(ssl);
    close(fd);
  }
  wolfSSL_CTX_free(context);
}

static WOLFSSL* connect_to(WOLFSSL_CTX* context, const struct settings* s,
                           WOLFSSL_SESSION* session) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, (struct sockaddr*)&address, sizeof address) != 0) die("cannot connect");
  WOLFSSL* ssl = make_connection(context, s, fd);
  if (session != NULL && wolfSSL_set_session(ssl, session) != WOLFSSL_SUCCESS)
    die("wolfSSL does not take the session");
  const int code = wolfSSL_connect(ssl);
  if (code != WOLFSSL_SUCCESS) {
    complain(ssl, code);
    exit(1);
  }
  return ssl;
}

/* Sends close_notify and reads to the peer's. */
static void say_goodbye(WOLFSSL* ssl) {
  char rest[kBuffer];
  int code = wolfSSL_shutdown(ssl);
  if (code == WOLFSSL_SHUTDOWN_NOT_DONE) {
    while ((code = wolfSSL_read(ssl, rest, sizeof rest)) > 0) {
    }
    report_end(ssl, code);
  } else {
    complain(ssl, code);
  }
  const int fd = wolfSSL_get_fd(ssl);
  wolfSSL_free(ssl);
  close(fd);
}

/* Makes a session; its ticket comes with the answer. */
static WOLFSSL_SESSION* first(WOLFSSL_CTX* context, const struct settings* s) {
  char answer[16];
  WOLFSSL* ssl = connect_to(context, s, NULL);
  if (!write_all(ssl, "=1\n", 3) || wolfSSL_read(ssl, answer, sizeof answer) != 3)
    die("no answer on the first connection");
  WOLFSSL_SESSION* session = wolfSSL_get1_session(ssl);
  say_goodbye(ssl);
  return session;
}

/* Reads without waiting: a ticket that comes must not hold up what is to be sent. */
static int read_what_is_there(WOLFSSL* ssl, char* data, int size) {
  const int fd = wolfSSL_get_fd(ssl), flags = fcntl(fd, F_GETFL);
  fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  const int length = wolfSSL_read(ssl, data, size);
  fcntl(fd, F_SETFL, flags);
  return length;
}

/* Returns 0 if the peer closed or the connection failed, 1 when standard input has ended. */
static int relay(WOLFSSL* ssl, const struct settings* s) {
  char data[kBuffer];
  int updated = !s->update;
  const int fd = wolfSSL_get_fd(ssl);
  for (;;) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    FD_SET(STDIN_FILENO, &set);
    if (wolfSSL_pending(ssl) == 0 && select(fd + 1, &set, NULL, NULL, NULL) < 0) die("select");
    if (wolfSSL_pending(ssl) > 0 || FD_ISSET(fd, &set)) {
      const int length = read_what_is_there(ssl, data, sizeof data);
      if (length <= 0) {
        if (wolfSSL_get_error(ssl, length) == WOLFSSL_ERROR_WANT_READ) continue;
        report_end(ssl, length);
        return 0;
      }
      fwrite(data, 1, (size_t)length, stdout);
    } else {
      const ssize_t length = read(STDIN_FILENO, data, sizeof data);
      if (length <= 0) return 1;
      if (!write_all(ssl, data, (int)length)) return 0;
      if (!updated && wolfSSL_update_keys(ssl) != WOLFSSL_SUCCESS) die("no KeyUpdate");
      updated = 1;
    }
  }
}

static void connect_and_relay(const struct settings* s) {
  WOLFSSL_CTX* context = make_context(s);
  WOLFSSL_SESSION* session = s->resume ? first(context, s) : NULL;
  WOLFSSL* ssl = connect_to(context, s, session);
  report(ssl, s);
  if (relay(ssl, s)) say_goodbye(ssl);
}

int main(int count, char** words) {
  struct settings s = {.connections = 1, .name = "localhost"};
  setvbuf(stdout, NULL, _IONBF, 0);
  read_settings(count, words, &s);
  wolfSSL_Init();
  if (s.server)
    serve(&s);
  else
    connect_and_relay(&s);
  wolfSSL_Cleanup();
  return 0;
}
