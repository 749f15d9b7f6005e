// SSL_CTX_set_tlsext_status_cb(3): the commands of OCSP stapling (RFC 6066 §8).
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <utility>

#include "libssl/ctrl_handlers.h"
#include "libssl/entry.h"
#include "libssl/owner.h"
#include "libssl/status_request.h"
#include "messages/certificate_status.h"

namespace ciao::tls {
namespace {

// RFC 6066 §8: ResponderID responder_id_list<0..2^16-1>, each with its length.
Result<Bytes> encode_ids(const STACK_OF(OCSP_RESPID) * ids) {
  Bytes encoded;
  for (int i = 0; i < sk_OCSP_RESPID_num(ids); ++i) {
    const OCSP_RESPID* id = sk_OCSP_RESPID_value(ids, i);
    const int size = i2d_OCSP_RESPID(id, nullptr);
    if (size <= 0 || size > 0xffff) return kQuietFailure;
    encoded.push_back(static_cast<std::uint8_t>(size >> 8));
    encoded.push_back(static_cast<std::uint8_t>(size));
    Bytes der(static_cast<std::size_t>(size));
    unsigned char* cursor = der.data();
    i2d_OCSP_RESPID(id, &cursor);
    encoded.insert(encoded.end(), der.begin(), der.end());
  }
  if (encoded.size() > 0xffff) return kQuietFailure;
  return encoded;
}

Result<Bytes> encode_extensions(const STACK_OF(X509_EXTENSION) * extensions) {
  if (extensions == nullptr) return Bytes();
  const int size = i2d_X509_EXTENSIONS(extensions, nullptr);
  if (size < 0 || size > 0xffff) return kQuietFailure;
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* cursor = der.data();
  i2d_X509_EXTENSIONS(extensions, &cursor);
  return der;
}

template <auto kDecode>
auto decode(ByteView der) -> decltype(kDecode(nullptr, nullptr, 0)) {
  const unsigned char* cursor = der.data();
  return kDecode(nullptr, &cursor, static_cast<long>(der.size()));
}

// The stack, with what could be decoded pushed on it; null when there is nothing.
STACK_OF(OCSP_RESPID) * decode_ids(Reader list) {
  STACK_OF(OCSP_RESPID)* ids = nullptr;
  while (!list.empty()) {
    const Result<ByteView> der = list.vector16();
    OCSP_RESPID* id = der ? decode<d2i_OCSP_RESPID>(*der) : nullptr;
    if (id == nullptr) break;
    if (ids == nullptr) ids = sk_OCSP_RESPID_new_null();
    if (ids == nullptr || sk_OCSP_RESPID_push(ids, id) == 0) {
      OCSP_RESPID_free(id);
      break;
    }
  }
  return ids;
}

void free_status_request(ColdState& cold) {
  sk_OCSP_RESPID_pop_free(cold.ocsp_ids, OCSP_RESPID_free);
  sk_X509_EXTENSION_pop_free(cold.ocsp_extensions, X509_EXTENSION_free);
  cold.ocsp_ids = nullptr;
  cold.ocsp_extensions = nullptr;
}

// Server: makes libcrypto's objects of what the client sent, now that somebody looks at it.
void decode_status_request(SSL* ssl) {
  if (!ssl->cold || ssl->cold->status_request.empty()) return;
  ColdState& cold = *ssl->cold;
  const Bytes content = std::exchange(cold.status_request, {});
  free_status_request(cold);
  const Result<CertificateStatusRequest> request = CertificateStatusRequest::parse(Reader(content));
  if (!request) return;
  ERR_set_mark();
  cold.ocsp_ids = decode_ids(Reader(request->responder_id_list));
  const ByteView extensions = request->request_extensions;
  if (!extensions.empty()) cold.ocsp_extensions = decode<d2i_X509_EXTENSIONS>(extensions);
  ERR_pop_to_mark();
}

}  // namespace

void take_status_request(SSL* ssl, ByteView content) {
  if (ssl->cold) {
    free_status_request(*ssl->cold);
    ssl->cold->status_request.clear();
  }
  const Result<CertificateStatusRequest> request = CertificateStatusRequest::parse(Reader(content));
  if (!request) return;
  // Most clients name neither.
  if (request->responder_id_list.empty() && request->request_extensions.empty()) return;
  ssl->cold_state().status_request = to_bytes(content);
}

template <class Owner>
long set_status_type(Owner* owner, long type, void*) {
  return guard<long>(0, [&]() -> long {
    edit_settings(owner).status_type = static_cast<int>(type);
    edit_config(owner).status_request = type == TLSEXT_STATUSTYPE_ocsp;
    return 1;
  });
}
template long set_status_type(SSL*, long, void*);
template long set_status_type(SSL_CTX*, long, void*);

// On a server, what the client asked for, once it has.
long get_status_type(SSL* ssl, long, void*) {
  const bool asked = is_server(ssl) && ssl->connection.negotiated().status_requested;
  return asked ? TLSEXT_STATUSTYPE_ocsp : ssl->settings->status_type;
}

long get_status_type(SSL_CTX* ctx, long, void*) { return ctx->settings->status_type; }

// --- what a client sends with its request -------------------------------------------------------

long get_status_extensions(SSL* ssl, long, void* extensions) {
  decode_status_request(ssl);
  *static_cast<STACK_OF(X509_EXTENSION)**>(extensions) =
      ssl->cold ? ssl->cold->ocsp_extensions : nullptr;
  return 1;
}

long set_status_extensions(SSL* ssl, long, void* extensions) {
  return checked([&]() -> Result<void> {
    auto* given = static_cast<STACK_OF(X509_EXTENSION)*>(extensions);
    Bytes encoded = TRY(encode_extensions(given));
    decode_status_request(ssl);
    ssl->cold_state().ocsp_extensions = given;
    edit_config(ssl).status_request_extensions = std::move(encoded);
    return {};
  });
}

long get_status_ids(SSL* ssl, long, void* ids) {
  decode_status_request(ssl);
  *static_cast<STACK_OF(OCSP_RESPID)**>(ids) = ssl->cold ? ssl->cold->ocsp_ids : nullptr;
  return 1;
}

long set_status_ids(SSL* ssl, long, void* ids) {
  return checked([&]() -> Result<void> {
    auto* given = static_cast<STACK_OF(OCSP_RESPID)*>(ids);
    Bytes encoded = TRY(encode_ids(given));
    decode_status_request(ssl);
    ssl->cold_state().ocsp_ids = given;
    edit_config(ssl).status_request_ids = std::move(encoded);
    return {};
  });
}

// --- the response -------------------------------------------------------------------------------

// -1 when there is none. A client reads the server's, a server what it was given.
long get_status_response(SSL* ssl, long, void* response) {
  auto** out = static_cast<const unsigned char**>(response);
  const Bytes& received = ssl->connection.negotiated().ocsp_response;
  if (!is_server(ssl) && !received.empty()) {
    *out = received.data();
    return static_cast<long>(received.size());
  }
  *out = ssl->cold ? ssl->cold->ocsp_response.get() : nullptr;
  return *out != nullptr && ssl->cold->ocsp_response_size > 0 ? ssl->cold->ocsp_response_size : -1;
}

// Takes over memory that came from OPENSSL_malloc.
long set_status_response(SSL* ssl, long size, void* response) {
  return guard<long>(0, [&]() -> long {
    ColdState& cold = ssl->cold_state();
    cold.ocsp_response.reset(static_cast<unsigned char*>(response));
    cold.ocsp_response_size = response != nullptr && size > 0 ? size : 0;
    return 1;
  });
}

// --- the callback -------------------------------------------------------------------------------

long set_status_argument(SSL_CTX* ctx, long, void* argument) {
  ctx->status.arg = argument;
  return 1;
}

long get_status_argument(SSL_CTX* ctx, long, void* argument) {
  *static_cast<void**>(argument) = ctx->status.arg;
  return 1;
}

long set_status_callback(SSL_CTX* ctx, void (*callback)(void)) {
  ctx->status.fn = reinterpret_cast<StatusFn>(callback);
  return 1;
}

long get_status_callback(SSL_CTX* ctx, long, void* callback) {
  *static_cast<StatusFn*>(callback) = ctx->status.fn;
  return 1;
}

}  // namespace ciao::tls
