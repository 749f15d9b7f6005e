/* Arguments, sockets, the echoing server and the relaying client of every peer in C. */
#include "peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

void die(const char* what) {
  printf("info error=%s\n", what);
  exit(1);
}

char* next_name(const char* list, char** copy, char** rest) {
  char* name;
  if (*copy == NULL) {
    *copy = strdup(list);
    name = strtok_r(*copy, ",", rest);
  } else {
    name = strtok_r(NULL, ",", rest);
  }
  if (name == NULL) free(*copy);
  return name;
}

void set_blocking(int fd, int on) {
  const int flags = fcntl(fd, F_GETFL);
  fcntl(fd, F_SETFL, on ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

static void read_psk(const char* hex, struct settings* s) {
  unsigned byte;
  if (hex == NULL) return;
  for (; sscanf(hex, "%2x", &byte) == 1 && s->psk_length < kMaxPsk; hex += 2)
    s->psk[s->psk_length++] = (unsigned char)byte;
}

static void read_settings(int count, char** words, struct settings* s) {
  const char *tls = NULL, *psk = NULL;
  const struct {
    const char* name;
    int* number;
    int* flag;
    const char** text;
  } known[] = {{"--port", &s->port, NULL, NULL},
               {"--connections", &s->connections, NULL, NULL},
               {"--demand", NULL, &s->demand, NULL},
               {"--resume", NULL, &s->resume, NULL},
               {"--update", NULL, &s->update, NULL},
               {"--renegotiate", NULL, &s->renegotiate, NULL},
               {"--no-tickets", NULL, &s->no_tickets, NULL},
               {"--tls", NULL, NULL, &tls},
               {"--cert", NULL, NULL, &s->cert},
               {"--key", NULL, NULL, &s->key},
               {"--ca", NULL, NULL, &s->ca},
               {"--name", NULL, NULL, &s->name},
               {"--groups", NULL, NULL, &s->groups},
               {"--suites", NULL, NULL, &s->suites},
               {"--alpn", NULL, NULL, &s->alpn},
               {"--early", NULL, NULL, &s->early},
               {"--psk-identity", NULL, NULL, &s->psk_identity},
               {"--psk", NULL, NULL, &psk}};
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
  if (tls != NULL && strcmp(tls, "1.2") != 0) die("unknown version");
  s->tls12 = tls != NULL;
  read_psk(psk, s);
}

/* Says how the peer's data ended; a failure has been told of by the make. */
static void report_end(int code) {
  if (code == kEnd) printf("info close=notify\n");
  if (code == kTruncated) printf("info close=truncated\n");
}

static int asks_to_renegotiate(const struct settings* s, const char* data, int length) {
  static const char command[] = "^renegotiate^\n";
  return s->renegotiate && length == sizeof command - 1 &&
         memcmp(data, command, sizeof command - 1) == 0;
}

/* Once in a connection, if it is to do so by itself. */
static void update_keys(struct connection* c, const struct settings* s, int* updated) {
  if (s->update && !*updated) make_update_keys(c);
  *updated = 1;
}

static void serve_one(struct connection* c, const struct settings* s) {
  char data[kBuffer];
  int length, updated = 0;
  if (!make_handshake(c)) return;
  make_report(c);
  while ((length = make_read(c, data, sizeof data, 1)) > 0) {
    if (asks_to_renegotiate(s, data, length)) {
      make_renegotiate(c);
      continue;
    }
    if (!make_write(c, data, length)) return;
    update_keys(c, s, &updated);
  }
  report_end(length);
  if (length == kEnd) make_close_notify(c);
}

static void serve(const struct settings* s) {
  const int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 8) != 0)
    die("cannot listen");
  for (int i = 0; i < s->connections; ++i) {
    struct connection* c = make_open(accept(listener, NULL, NULL), 0);
    serve_one(c, s);
    make_free(c);
  }
}

/* A client's --early is a file. */
static void send_early(struct connection* c, const struct settings* s) {
  char data[kBuffer];
  FILE* file = fopen(s->early, "rb");
  if (file == NULL) die("no early data");
  const size_t length = fread(data, 1, sizeof data, file);
  fclose(file);
  if (!make_send_early(c, data, (int)length)) exit(1);
}

static struct connection* connect_to(const struct settings* s, int again) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, (struct sockaddr*)&address, sizeof address) != 0) die("cannot connect");
  struct connection* c = make_open(fd, again);
  if (again && s->early != NULL) send_early(c, s);
  if (!make_handshake(c)) exit(1);
  return c;
}

/* Sends close_notify and reads to the peer's. */
static void say_goodbye(struct connection* c) {
  char rest[kBuffer];
  int code;
  make_close_notify(c);
  while ((code = make_read(c, rest, sizeof rest, 1)) > 0) {
  }
  report_end(code);
  make_free(c);
}

/* Makes a session; a ticket of TLS 1.3 comes with the answer. */
static void first(const struct settings* s) {
  char answer[16];
  struct connection* c = connect_to(s, 0);
  if (!make_write(c, "=1\n", 3) || make_read(c, answer, sizeof answer, 1) != 3)
    die("no answer on the first connection");
  make_keep_session(c);
  say_goodbye(c);
}

/* Returns 0 if the peer closed or the connection failed, 1 when standard input has ended. */
static int relay(struct connection* c, int fd, const struct settings* s) {
  char data[kBuffer];
  int updated = 0;
  for (;;) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    FD_SET(STDIN_FILENO, &set);
    if (!make_pending(c) && select(fd + 1, &set, NULL, NULL, NULL) < 0) die("select");
    if (make_pending(c) || FD_ISSET(fd, &set)) {
      /* Without waiting: a ticket that comes must not hold up what is to be sent. */
      const int length = make_read(c, data, sizeof data, 0);
      if (length == kLater) continue;
      if (length <= 0) {
        report_end(length);
        return 0;
      }
      fwrite(data, 1, (size_t)length, stdout);
    } else {
      const ssize_t length = read(STDIN_FILENO, data, sizeof data);
      if (length <= 0) return 1;
      if (asks_to_renegotiate(s, data, (int)length)) {
        make_renegotiate(c);
        continue;
      }
      if (!make_write(c, data, (int)length)) return 0;
      update_keys(c, s, &updated);
    }
  }
}

int main(int count, char** words) {
  struct settings s = {.connections = 1, .name = "localhost"};
  setvbuf(stdout, NULL, _IONBF, 0);
  signal(SIGPIPE, SIG_IGN);
  read_settings(count, words, &s);
  make_start(&s);
  if (s.server) {
    serve(&s);
  } else {
    if (s.resume) first(&s);
    struct connection* c = connect_to(&s, s.resume);
    make_report(c);
    if (relay(c, make_socket(c), &s)) say_goodbye(c);
  }
  make_stop();
  return 0;
}
