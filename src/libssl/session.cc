// SSL_SESSION_free(3), SSL_SESSION_get0_id_context(3) and the other SSL_SESSION_ pages.
#include <openssl/ssl.h>
#include <ctime>

#include "libssl/cipher_table.h"
#include "libssl/entry.h"
#include "libssl/later_prototypes.h"
#include "libssl/ssl_session_st.h"

using namespace ciao::tls;

ssl_session_st::ssl_session_st() {
  // Without memory the session has no room for an application's data yet: setting some asks again.
  CRYPTO_new_ex_data(CRYPTO_EX_INDEX_SSL_SESSION, this, &ex_data);
}

ssl_session_st::~ssl_session_st() {
  CRYPTO_free_ex_data(CRYPTO_EX_INDEX_SSL_SESSION, this, &ex_data);
}

void ssl_session_st::copy_from(const Session& other) {
  Session::copy_from(other);
  const auto& from = static_cast<const ssl_session_st&>(other);
  CRYPTO_dup_ex_data(CRYPTO_EX_INDEX_SSL_SESSION, &ex_data, &from.ex_data);
}

namespace ciao::tls {
namespace {

// What OpenSSL gives a session that no connection has made.
constexpr long kFreshTimeout = 304;

template <std::size_t N>
int assign(ShortBytes<N>& to, const unsigned char* bytes, unsigned int size, Reason too_long) {
  if (size > N || !to.assign({bytes, size})) {
    raise(too_long);
    return 0;
  }
  return 1;
}

int assign(Bytes& to, const void* bytes, std::size_t size) {
  return guard(0, [&] {
    to = bytes == nullptr ? Bytes() : to_bytes({static_cast<const std::uint8_t*>(bytes), size});
    return 1;
  });
}

const unsigned char* data_or_null(const Bytes& bytes) {
  return bytes.empty() ? nullptr : bytes.data();
}

}  // namespace

Ref<SSL_SESSION> make_session_handle() {
  Ref<SSL_SESSION> session = Ref<SSL_SESSION>::adopt(new ssl_session_st);
  // Not X509_V_OK before somebody has verified something.
  session->verify_result = X509_V_ERR_UNSPECIFIED;
  session->time = ::time(nullptr);
  session->timeout = kFreshTimeout;
  session->max_fragment_length = TLSEXT_max_fragment_length_UNSPECIFIED;
  return session;
}

}  // namespace ciao::tls

extern "C" {

SSL_SESSION* SSL_SESSION_new(void) {
  if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr) != 1) return nullptr;
  return guard<SSL_SESSION*>(nullptr, [] { return make_session_handle().detach(); });
}

SSL_SESSION* SSL_SESSION_dup(const SSL_SESSION* src) {
  return guard<SSL_SESSION*>(nullptr, [&] {
    const Ref<SSL_SESSION> copy = make_session_handle();
    copy->copy_from(*src);
    copy->not_resumable = src->not_resumable.load();
    return Ref<SSL_SESSION>(copy).detach();
  });
}

int SSL_SESSION_up_ref(SSL_SESSION* ses) {
  ses->add_ref();
  return 1;
}

void SSL_SESSION_free(SSL_SESSION* ses) {
  if (ses != nullptr) ses->release();
}

// --- identity ---

const unsigned char* SSL_SESSION_get_id(const SSL_SESSION* s, unsigned int* len) {
  if (len != nullptr) *len = s->id.size;
  return s->id.bytes.data();
}

int SSL_SESSION_set1_id(SSL_SESSION* s, const unsigned char* sid, unsigned int sid_len) {
  return assign(s->id, sid, sid_len, Reason::ssl_session_id_too_long);
}

const unsigned char* SSL_SESSION_get0_id_context(const SSL_SESSION* s, unsigned int* len) {
  if (len != nullptr) *len = s->id_context.size;
  return s->id_context.bytes.data();
}

int SSL_SESSION_set1_id_context(SSL_SESSION* s, const unsigned char* sid_ctx,
                                unsigned int sid_ctx_len) {
  return assign(s->id_context, sid_ctx, sid_ctx_len, Reason::ssl_session_id_context_too_long);
}

int SSL_SESSION_is_resumable(const SSL_SESSION* s) {
  return !s->not_resumable && (s->id.size != 0 || !s->ticket.empty()) ? 1 : 0;
}

// --- protocol ---

int SSL_SESSION_get_protocol_version(const SSL_SESSION* s) { return code(s->version); }

int SSL_SESSION_set_protocol_version(SSL_SESSION* s, int version) {
  s->version = static_cast<ProtocolVersion>(version);
  return 1;
}

const SSL_CIPHER* SSL_SESSION_get0_cipher(const SSL_SESSION* s) { return find_cipher(s->suite); }

int SSL_SESSION_set_cipher(SSL_SESSION* s, const SSL_CIPHER* cipher) {
  s->suite = cipher->protocol_id;
  return 1;
}

// Compression is left out (CRIME): the null method.
unsigned int SSL_SESSION_get_compress_id(const SSL_SESSION*) { return 0; }

uint8_t SSL_SESSION_get_max_fragment_length(const SSL_SESSION* sess) {
  const uint8_t mode = sess->max_fragment_length;
  return mode == TLSEXT_max_fragment_length_UNSPECIFIED ? uint8_t{0} : mode;
}

size_t SSL_SESSION_get_master_key(const SSL_SESSION* sess, unsigned char* out, size_t outlen) {
  const ByteView secret = sess->secret.view();
  if (outlen == 0) return secret.size();
  const ByteView part = secret.first(std::min(outlen, secret.size()));
  copy_bytes(out, part);
  return part.size();
}

int SSL_SESSION_set1_master_key(SSL_SESSION* sess, const unsigned char* in, size_t len) {
  if (len > kMaxSessionSecretSize) return 0;
  return guard(0, [&] {
    sess->secret = SecretBytes(ByteView(in, len));
    return 1;
  });
}

X509* SSL_SESSION_get0_peer(SSL_SESSION* s) { return s->peer ? s->peer->leaf() : nullptr; }

const char* SSL_SESSION_get0_hostname(const SSL_SESSION* s) {
  return s->host_name.empty() ? nullptr : s->host_name.c_str();
}

int SSL_SESSION_set1_hostname(SSL_SESSION* s, const char* hostname) {
  return guard(0, [&] {
    s->host_name = hostname == nullptr ? "" : hostname;
    return 1;
  });
}

void SSL_SESSION_get0_alpn_selected(const SSL_SESSION* s, const unsigned char** alpn, size_t* len) {
  *alpn = data_or_null(s->alpn);
  *len = s->alpn.size();
}

int SSL_SESSION_set1_alpn_selected(SSL_SESSION* s, const unsigned char* alpn, size_t len) {
  return assign(s->alpn, alpn, len);
}

// --- time ---

long SSL_SESSION_get_time(const SSL_SESSION* s) {
  return static_cast<long>(SSL_SESSION_get_time_ex(s));
}

long SSL_SESSION_set_time(SSL_SESSION* s, long t) {
  return static_cast<long>(SSL_SESSION_set_time_ex(s, t));
}

time_t SSL_SESSION_get_time_ex(const SSL_SESSION* s) {
  return s == nullptr ? 0 : static_cast<time_t>(s->time);
}

time_t SSL_SESSION_set_time_ex(SSL_SESSION* s, time_t t) {
  if (s == nullptr) return 0;
  s->time = t;
  // The age that a client tells is counted from here, too: the application may have moved both.
  s->received_at_ms = 0;
  return t;
}

long SSL_SESSION_get_timeout(const SSL_SESSION* s) {
  return s == nullptr ? 0 : static_cast<long>(s->timeout);
}

long SSL_SESSION_set_timeout(SSL_SESSION* s, long t) {
  if (s == nullptr || t < 0) return 0;
  s->timeout = t;
  return 1;
}

// --- ticket ---

int SSL_SESSION_has_ticket(const SSL_SESSION* s) { return s->ticket.empty() ? 0 : 1; }

unsigned long SSL_SESSION_get_ticket_lifetime_hint(const SSL_SESSION* s) {
  return s->ticket_lifetime_hint;
}

void SSL_SESSION_get0_ticket(const SSL_SESSION* s, const unsigned char** tick, size_t* len) {
  *len = s->ticket.size();
  if (tick != nullptr) *tick = data_or_null(s->ticket);
}

int SSL_SESSION_set1_ticket_appdata(SSL_SESSION* ss, const void* data, size_t len) {
  return assign(ss->ticket_appdata, data, len);
}

int SSL_SESSION_get0_ticket_appdata(SSL_SESSION* ss, void** data, size_t* len) {
  *data = ss->ticket_appdata.empty() ? nullptr : ss->ticket_appdata.data();
  *len = ss->ticket_appdata.size();
  return 1;
}

uint32_t SSL_SESSION_get_max_early_data(const SSL_SESSION* s) { return s->max_early_data; }

int SSL_SESSION_set_max_early_data(SSL_SESSION* s, uint32_t max_early_data) {
  s->max_early_data = max_early_data;
  return 1;
}

// --- the application's data ---

int SSL_SESSION_set_ex_data(SSL_SESSION* ss, int idx, void* data) {
  return CRYPTO_set_ex_data(&ss->ex_data, idx, data);
}

void* SSL_SESSION_get_ex_data(const SSL_SESSION* ss, int idx) {
  return CRYPTO_get_ex_data(&ss->ex_data, idx);
}

}  // extern "C"
