/* A peer on NSS. --ca is the folder of its database and --cert the name of a key in it. */
#include "../c/peer.h"

#include <cert.h>
#include <keyhi.h>
#include <nspr.h>
#include <nss.h>
#include <pk11pub.h>
#include <private/pprio.h>
#include <ssl.h>
#include <sslexp.h>
#include <sslproto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct connection {
  PRFileDesc* file;
  int fd, closed;
  char early[kBuffer];
  int early_length;
};

static const struct settings* settings;
static CERTCertificate* certificate;
static SECKEYPrivateKey* key;
static struct connection connection;
static SSLAntiReplayContext* anti_replay;
static int opened, deaf;

static void complain(void) {
  const PRErrorCode error = PR_GetError();
  printf("info error=%s %s\n", PR_ErrorToName(error),
         PR_ErrorToString(error, PR_LANGUAGE_I_DEFAULT));
}

static void check(SECStatus status, const char* what) {
  if (status == SECSuccess) return;
  complain();
  die(what);
}

static void alert_came(const PRFileDesc* file, void* of, const SSLAlert* alert) {
  struct connection* c = of;
  (void)file;
  if (alert->description == 0)
    c->closed = 1;
  else
    printf("info alert=%d\n", alert->description);
}

static SSLNamedGroup group_of(const char* name) {
  static const struct {
    const char* name;
    SSLNamedGroup group;
  } known[] = {{"X25519", ssl_grp_ec_curve25519}, {"P-256", ssl_grp_ec_secp256r1},
               {"P-384", ssl_grp_ec_secp384r1},   {"P-521", ssl_grp_ec_secp521r1},
               {"ffdhe2048", ssl_grp_ffdhe_2048}, {"ffdhe3072", ssl_grp_ffdhe_3072},
               {"ffdhe4096", ssl_grp_ffdhe_4096}, {"ffdhe6144", ssl_grp_ffdhe_6144},
               {"ffdhe8192", ssl_grp_ffdhe_8192}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i)
    if (strcmp(known[i].name, name) == 0) return known[i].group;
  die("unknown group");
  return ssl_grp_none;
}

static void set_groups(PRFileDesc* file) {
  SSLNamedGroup groups[kMaxGroups];
  char *copy = NULL, *rest = NULL, *name;
  unsigned count = 0;
  if (settings->groups == NULL) return;
  if (settings->tls12 && strcmp(settings->groups, "ffdhe3072") == 0) {
    const SSLDHEGroupType other = ssl_ff_dhe_3072_group;
    check(SSL_DHEGroupPrefSet(file, &other, 1), "DH group");
    return;
  }
  while ((name = next_name(settings->groups, &copy, &rest)) != NULL)
    if (count < kMaxGroups) groups[count++] = group_of(name);
  check(SSL_NamedGroupConfig(file, groups, count), "groups");
}

static const char* suite_name(PRUint16 suite) {
  SSLCipherSuiteInfo info;
  check(SSL_GetCipherSuiteInfo(suite, &info, sizeof info), "suite");
  return info.cipherSuiteName;
}

static void set_suite(PRFileDesc* file) {
  const PRUint16* all = SSL_GetImplementedCiphers();
  int found = 0;
  if (settings->suites == NULL) return;
  for (unsigned i = 0; i < SSL_GetNumImplementedCiphers(); ++i) {
    const int wanted = strcmp(suite_name(all[i]), settings->suites) == 0;
    check(SSL_CipherPrefSet(file, all[i], wanted), "suite");
    found |= wanted;
  }
  if (!found) die("NSS does not know the suite");
}

/* Each name with its length before it. */
static void set_protocols(PRFileDesc* file) {
  unsigned char list[256];
  unsigned length = 0;
  char *copy = NULL, *rest = NULL, *name;
  if (settings->alpn == NULL) return;
  while ((name = next_name(settings->alpn, &copy, &rest)) != NULL) {
    const size_t size = strlen(name);
    if (length + 1 + size > sizeof list) die("too many protocols");
    list[length++] = (unsigned char)size;
    memcpy(list + length, name, size);
    length += (unsigned)size;
  }
  check(SSL_SetNextProtoNego(file, list, length), "protocols");
}

static void set_options(PRFileDesc* file) {
  const struct settings* s = settings;
  const PRUint16 version = s->tls12 ? SSL_LIBRARY_VERSION_TLS_1_2 : SSL_LIBRARY_VERSION_TLS_1_3;
  const SSLVersionRange range = {version, version};
  const struct {
    PRInt32 option;
    PRIntn value;
  } options[] = {{SSL_SECURITY, PR_TRUE},
                 {SSL_HANDSHAKE_AS_SERVER, s->server},
                 {SSL_HANDSHAKE_AS_CLIENT, !s->server},
                 {SSL_ENABLE_SESSION_TICKETS, !s->no_tickets},
                 {SSL_ENABLE_SERVER_DHE, PR_TRUE},
                 {SSL_ENABLE_EXTENDED_MASTER_SECRET, PR_TRUE},
                 {SSL_REQUEST_CERTIFICATE, s->demand},
                 {SSL_REQUIRE_CERTIFICATE, s->demand ? SSL_REQUIRE_ALWAYS : SSL_REQUIRE_NEVER},
                 {SSL_ENABLE_RENEGOTIATION,
                  s->renegotiate ? SSL_RENEGOTIATE_REQUIRES_XTN : SSL_RENEGOTIATE_NEVER}};
  for (size_t i = 0; i < sizeof options / sizeof options[0]; ++i)
    check(SSL_OptionSet(file, options[i].option, options[i].value), "option");
  check(SSL_VersionRangeSet(file, &range), "version");
}

void make_start(const struct settings* s) {
  char* nickname = (char*)(s->cert != NULL ? s->cert : "");
  settings = s;
  check(NSS_Init(s->ca), "database");
  check(NSS_SetDomesticPolicy(), "policy");
  if (s->cert != NULL) {
    certificate = PK11_FindCertFromNickname(nickname, NULL);
    if (certificate == NULL) die("no certificate of this name");
    key = PK11_FindKeyByAnyCert(certificate, NULL);
    if (key == NULL) die("no key of this name");
  }
  if (s->server) check(SSL_ConfigServerSessionIDCache(16, 0, 0, NULL), "session cache");
  if (s->server && s->early != NULL) {
    /* It refuses early data in its first window, as it knows nothing of the time before. */
    const PRTime window = 10 * PR_USEC_PER_SEC;
    check(SSL_CreateAntiReplayContext(PR_Now() - 2 * window, window, 7, 14, &anti_replay),
          "anti-replay");
  }
}

/* What is only offered is refused on the second connection, which the first one's ticket allows. */
static void set_early_data(PRFileDesc* file) {
  const int refuses =
      settings->early != NULL && opened > 0 && strcmp(settings->early, "offer") == 0;
  ++opened;
  if (settings->early == NULL) return;
  check(SSL_OptionSet(file, SSL_ENABLE_0RTT_DATA, !refuses), "early data");
  if (settings->server) check(SSL_SetAntiReplayContext(file, anti_replay), "anti-replay");
}

void make_stop(void) {}

/* Early data has to be on its way before the answer is read, however soon that comes. */
static PRInt32 receive(PRFileDesc* file, void* data, PRInt32 size, PRIntn flags,
                       PRIntervalTime timeout) {
  if (deaf) {
    PR_SetError(PR_WOULD_BLOCK_ERROR, 0);
    return -1;
  }
  return file->lower->methods->recv(file->lower, data, size, flags, timeout);
}

static PRFileDesc* wrap_socket(int fd) {
  static PRIOMethods methods;
  static PRDescIdentity identity = PR_INVALID_IO_LAYER;
  if (identity == PR_INVALID_IO_LAYER) {
    identity = PR_GetUniqueIdentity("early data");
    methods = *PR_GetDefaultIOMethods();
    methods.recv = receive;
  }
  PRFileDesc* file = PR_ImportTCPSocket(fd);
  PRFileDesc* layer = PR_CreateIOLayerStub(identity, &methods);
  if (file == NULL || layer == NULL || PR_PushIOLayer(file, PR_TOP_IO_LAYER, layer) != PR_SUCCESS)
    die("no socket");
  return file;
}

struct connection* make_open(int fd, int again) {
  struct connection* c = &connection;
  (void)again; /* The client's own cache has the session. */
  c->fd = fd;
  c->closed = 0;
  c->early_length = 0;
  c->file = SSL_ImportFD(NULL, wrap_socket(fd));
  if (c->file == NULL) die("no connection");
  set_options(c->file);
  set_groups(c->file);
  set_suite(c->file);
  set_protocols(c->file);
  set_early_data(c->file);
  check(SSL_AlertReceivedCallback(c->file, alert_came, c), "alerts");
  if (settings->server) {
    check(SSL_ConfigServerCert(c->file, certificate, key, NULL, 0), "certificate");
  } else {
    check(SSL_SetURL(c->file, settings->name), "name");
    if (settings->cert != NULL)
      check(SSL_GetClientAuthDataHook(c->file, NSS_GetClientAuthData, (void*)settings->cert),
            "certificate");
  }
  check(SSL_ResetHandshake(c->file, settings->server), "handshake");
  return c;
}

/* A server cannot go on before its early data has been read. */
static int read_early(struct connection* c) {
  const int room = kBuffer - c->early_length;
  const int length = PR_Recv(c->file, c->early + c->early_length, room, 0, PR_INTERVAL_NO_TIMEOUT);
  if (length > 0) c->early_length += length;
  return length > 0;
}

int make_handshake(struct connection* c) {
  while (SSL_ForceHandshake(c->file) != SECSuccess) {
    if (PR_GetError() != PR_WOULD_BLOCK_ERROR || !read_early(c)) {
      complain();
      return 0;
    }
  }
  return 1;
}

void make_report(struct connection* c) {
  SSLChannelInfo info;
  SSLNextProtoState state;
  unsigned char protocol[256];
  unsigned length = 0;
  check(SSL_GetChannelInfo(c->file, &info, sizeof info), "report");
  printf("info version=%04x\ninfo suite=%s\ninfo resumed=%s\n", info.protocolVersion,
         suite_name(info.cipherSuite), info.resumed ? "true" : "false");
  if (SSL_GetNextProto(c->file, &state, protocol, &length, sizeof protocol) == SECSuccess &&
      (state == SSL_NEXT_PROTO_NEGOTIATED || state == SSL_NEXT_PROTO_SELECTED))
    printf("info alpn=%.*s\n", (int)length, (const char*)protocol);
  if (settings->early != NULL)
    printf("info early=%s\n", info.earlyDataAccepted ? "accepted" : "rejected");
  CERTCertificate* peer = settings->server ? SSL_PeerCertificate(c->file) : NULL;
  if (peer != NULL) {
    printf("info client_name=%s\n", CERT_GetCommonName(&peer->subject));
    CERT_DestroyCertificate(peer);
  }
}

static void set_nonblocking(struct connection* c, int on) {
  PRSocketOptionData option = {.option = PR_SockOpt_Nonblocking, .value.non_blocking = on};
  if (PR_SetSocketOption(c->file, &option) != PR_SUCCESS) die("socket option");
}

/* Without waiting: NSS would finish the handshake first. A first call sends the ClientHello. */
int make_send_early(struct connection* c, const char* data, int length) {
  int sent = -1;
  set_nonblocking(c, 1);
  deaf = 1;
  for (int calls = 0; sent < 0 && calls < 2; ++calls)
    sent = PR_Send(c->file, data, length, 0, PR_INTERVAL_NO_TIMEOUT);
  if (sent != length) complain();
  deaf = 0;
  set_nonblocking(c, 0);
  return sent == length;
}

int make_read(struct connection* c, char* data, int size, int wait) {
  if (c->early_length > 0 && c->early_length <= size) {
    const int early = c->early_length;
    memcpy(data, c->early, (size_t)early);
    c->early_length = 0;
    return early;
  }
  if (!wait) set_nonblocking(c, 1);
  const int length = PR_Recv(c->file, data, size, 0, PR_INTERVAL_NO_TIMEOUT);
  const PRErrorCode error = PR_GetError();
  if (!wait) set_nonblocking(c, 0);
  if (length > 0) return length;
  /* NSS answers the same for an end with close_notify and for one without. */
  if (length == 0) return c->closed ? kEnd : kTruncated;
  if (error == PR_WOULD_BLOCK_ERROR) return kLater;
  PR_SetError(error, 0);
  complain();
  return kFailed;
}

int make_write(struct connection* c, const char* data, int length) {
  const int written = PR_Send(c->file, data, length, 0, PR_INTERVAL_NO_TIMEOUT);
  if (written != length) complain();
  return written == length;
}

int make_pending(struct connection* c) { return SSL_DataPending(c->file) > 0; }

void make_keep_session(struct connection* c) { (void)c; }

void make_update_keys(struct connection* c) {
  check(SSL_KeyUpdate(c->file, PR_FALSE), "KeyUpdate");
}

void make_renegotiate(struct connection* c) {
  check(SSL_ReHandshake(c->file, PR_TRUE), "renegotiation");
}

void make_close_notify(struct connection* c) { PR_Shutdown(c->file, PR_SHUTDOWN_SEND); }

int make_socket(struct connection* c) { return c->fd; }

void make_free(struct connection* c) { PR_Close(c->file); }
