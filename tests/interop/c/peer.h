/* What the peers in C have in common; tests/interop/peers/own.py describes their arguments. A make
 * of TLS is the functions named make_..., the rest is in peer.c. */
#ifndef CIAO_TESTS_INTEROP_C_PEER_H
#define CIAO_TESTS_INTEROP_C_PEER_H

enum { kMaxGroups = 8, kBuffer = 16384, kMaxPsk = 64 };

struct settings {
  int server, port, connections, demand, resume, update, renegotiate, no_tickets, tls12;
  const char *cert, *key, *ca, *name, *groups, *suites, *alpn, *psk_identity, *early;
  unsigned char psk[kMaxPsk];
  int psk_length;
};

/* What make_read answers when there is no data. */
enum { kEnd = 0, kLater = -1, kTruncated = -2, kFailed = -3 };

struct connection; /* one of the make */

void make_start(const struct settings* s);
void make_stop(void);
/* A connection on the socket; `again` is for the second of two, in the session that was kept. */
struct connection* make_open(int fd, int again);
/* Before the handshake, in a session that allows it. */
int make_send_early(struct connection* c, const char* data, int length);
int make_handshake(struct connection* c);
void make_report(struct connection* c);
/* A positive length, or one of the above; kLater only if it need not wait. A server's first data is
 * the early data that it has taken. */
int make_read(struct connection* c, char* data, int size, int wait);
int make_write(struct connection* c, const char* data, int length);
/* Whether there is data that the socket does not show any more. */
int make_pending(struct connection* c);
void make_keep_session(struct connection* c);
void make_update_keys(struct connection* c);
void make_renegotiate(struct connection* c);
void make_close_notify(struct connection* c);
int make_socket(struct connection* c);
void make_free(struct connection* c);

/* --- in peer.c --- */

void die(const char* what);
/* The names between the commas, one at a time; `rest` is the copy that strtok_r walks through. */
char* next_name(const char* list, char** copy, char** rest);
void set_blocking(int fd, int on);

#endif
