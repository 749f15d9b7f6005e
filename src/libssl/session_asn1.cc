// d2i_SSL_SESSION(3), PEM_read_CMS(3), SSL_SESSION_print(3).
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <limits>

#include "libssl/cipher_table.h"
#include "libssl/entry.h"
#include "libssl/later_prototypes.h"
#include "libssl/null_arguments.h"
#include "libssl/ssl_session_st.h"
#include "libssl/version_bounds.h"
#include "session/session_der.h"

using namespace ciao::tls;

namespace ciao::tls {
namespace {

bool print_hex(BIO* bio, ByteView bytes) {
  for (const std::uint8_t byte : bytes) {
    if (BIO_printf(bio, "%02X", byte) <= 0) return false;
  }
  return true;
}

bool print_field(BIO* bio, const char* title, ByteView bytes) {
  return BIO_puts(bio, title) > 0 && print_hex(bio, bytes);
}

bool print_text(BIO* bio, const char* title, const std::string& text) {
  return BIO_printf(bio, "%s%s", title, text.empty() ? "None" : text.c_str()) > 0;
}

bool print_cipher(BIO* bio, const SSL_SESSION& session) {
  const SSL_CIPHER* cipher = find_cipher(session.suite);
  if (cipher == nullptr) return BIO_printf(bio, "    Cipher    : %04X\n", session.suite) > 0;
  return BIO_printf(bio, "    Cipher    : %s\n", cipher->name) > 0;
}

bool print_head(BIO* bio, const SSL_SESSION& session) {
  const bool tls13 = session.version == ProtocolVersion::tls1_3;
  return BIO_puts(bio, "SSL-Session:\n") > 0 &&
         BIO_printf(bio, "    Protocol  : %s\n", protocol_name(code(session.version))) > 0 &&
         print_cipher(bio, session) && print_field(bio, "    Session-ID: ", session.id.view()) &&
         print_field(bio, "\n    Session-ID-ctx: ", session.id_context.view()) &&
         print_field(
             bio, tls13 ? "\n    Resumption PSK: " : "\n    Master-Key: ", session.secret.view()) &&
         print_text(bio, "\n    PSK identity: ", session.psk_identity) &&
         print_text(bio, "\n    PSK identity hint: ", session.psk_identity_hint) &&
         // SRP is left out.
         BIO_puts(bio, "\n    SRP username: None") > 0;
}

bool print_ticket(BIO* bio, const SSL_SESSION& session) {
  if (session.ticket_lifetime_hint != 0 &&
      BIO_printf(bio, "\n    TLS session ticket lifetime hint: %u (seconds)",
                 session.ticket_lifetime_hint) <= 0) {
    return false;
  }
  if (session.ticket.empty()) return true;
  return BIO_puts(bio, "\n    TLS session ticket:\n") > 0 &&
         BIO_dump_indent(bio, session.ticket.data(), static_cast<int>(session.ticket.size()), 4) >
             0;
}

bool print_tail(BIO* bio, const SSL_SESSION& session) {
  if (session.time != 0 &&
      BIO_printf(bio, "\n    Start Time: %lld", static_cast<long long>(session.time)) <= 0) {
    return false;
  }
  if (session.timeout != 0 && BIO_printf(bio, "\n    Timeout   : %lld (sec)",
                                         static_cast<long long>(session.timeout)) <= 0) {
    return false;
  }
  if (BIO_printf(bio, "\n    Verify return code: %ld (%s)\n", session.verify_result,
                 X509_verify_cert_error_string(session.verify_result)) <= 0 ||
      BIO_printf(bio, "    Extended master secret: %s\n",
                 session.extended_master_secret ? "yes" : "no") <= 0) {
    return false;
  }
  return session.version != ProtocolVersion::tls1_3 ||
         BIO_printf(bio, "    Max Early Data: %u\n", session.max_early_data) > 0;
}

Result<SSL_SESSION*> parse_session(const unsigned char** pp, long length,
                                   const Algorithms* algorithms) {
  if (length < 0) return Error{Reason::asn1_lib, AlertDescription::internal_error};
  Ref<SSL_SESSION> session = make_session_handle();
  const std::size_t size =
      TRY(decode_session(*session, {*pp, static_cast<std::size_t>(length)}, algorithms));
  // A session of a suite that this library does not know is of no use; OpenSSL says no more.
  if (find_cipher(session->suite) == nullptr) return kQuietFailure;
  *pp += size;
  return session.detach();
}

SSL_SESSION* read_session(SSL_SESSION** into, const unsigned char** pp, long length,
                          const Algorithms* algorithms) {
  const Result<SSL_SESSION*> parsed = parse_session(pp, length, algorithms);
  if (!parsed) {
    if (parsed.error().reason != Reason::none) raise(parsed.error());
    return nullptr;
  }
  if (into == nullptr) return *parsed;
  if (*into == nullptr) return *into = *parsed;
  // The caller's object is filled, whoever else may hold it.
  const Ref<SSL_SESSION> fresh = Ref<SSL_SESSION>::adopt(*parsed);
  static_cast<Session*>(*into)->Session::copy_from(*fresh);
  (*into)->not_resumable = false;
  return *into;
}

int write_session(const SSL_SESSION& session, unsigned char** pp) {
  Result<Bytes> encoded = encode_session(session);
  if (!encoded || encoded->size() > std::numeric_limits<int>::max()) {
    raise(Reason::asn1_lib);
    return 0;
  }
  // With a null *pp OpenSSL's encoders allocate, with another they write there and move it.
  if (pp != nullptr && *pp == nullptr) {
    *pp = static_cast<unsigned char*>(OPENSSL_memdup(encoded->data(), encoded->size()));
    if (*pp == nullptr) return 0;
  } else if (pp != nullptr) {
    copy_bytes(*pp, *encoded);
    *pp += encoded->size();
  }
  wipe(MutableBytes(*encoded));
  return static_cast<int>(encoded->size());
}

// PEM's functions are the same for every type, and take its codec by untyped pointers.
i2d_of_void* pem_writer() { return reinterpret_cast<i2d_of_void*>(i2d_SSL_SESSION); }
d2i_of_void* pem_reader() { return reinterpret_cast<d2i_of_void*>(d2i_SSL_SESSION); }

}  // namespace
}  // namespace ciao::tls

extern "C" {

int i2d_SSL_SESSION(const SSL_SESSION* in, unsigned char** pp) {
  if (in == nullptr || in->suite == 0) return 0;
  return guard(0, [&] { return write_session(*in, pp); });
}

SSL_SESSION* d2i_SSL_SESSION(SSL_SESSION** a, const unsigned char** pp, long length) {
  return guard<SSL_SESSION*>(nullptr, [&] { return read_session(a, pp, length, nullptr); });
}

SSL_SESSION* d2i_SSL_SESSION_ex(SSL_SESSION** a, const unsigned char** pp, long length,
                                OSSL_LIB_CTX* libctx, const char* propq) {
  if (refuse_null(pp == nullptr || *pp == nullptr)) return nullptr;
  return guard<SSL_SESSION*>(nullptr, [&] {
    const Ref<Algorithms> algorithms = make_ref<Algorithms>(libctx, propq);
    return read_session(a, pp, length, algorithms.get());
  });
}

SSL_SESSION* PEM_read_bio_SSL_SESSION(BIO* out, SSL_SESSION** x, pem_password_cb* cb, void* u) {
  return static_cast<SSL_SESSION*>(PEM_ASN1_read_bio(pem_reader(), PEM_STRING_SSL_SESSION, out,
                                                     reinterpret_cast<void**>(x), cb, u));
}

SSL_SESSION* PEM_read_SSL_SESSION(FILE* out, SSL_SESSION** x, pem_password_cb* cb, void* u) {
  return static_cast<SSL_SESSION*>(
      PEM_ASN1_read(pem_reader(), PEM_STRING_SSL_SESSION, out, reinterpret_cast<void**>(x), cb, u));
}

int PEM_write_bio_SSL_SESSION(BIO* out, const SSL_SESSION* x) {
  return PEM_ASN1_write_bio(pem_writer(), PEM_STRING_SSL_SESSION, out, x, nullptr, nullptr, 0,
                            nullptr, nullptr);
}

int PEM_write_SSL_SESSION(FILE* out, const SSL_SESSION* x) {
  return PEM_ASN1_write(pem_writer(), PEM_STRING_SSL_SESSION, out, x, nullptr, nullptr, 0, nullptr,
                        nullptr);
}

int SSL_SESSION_print(BIO* fp, const SSL_SESSION* ses) {
  if (ses == nullptr) return 0;
  return print_head(fp, *ses) && print_ticket(fp, *ses) && print_tail(fp, *ses) ? 1 : 0;
}

int SSL_SESSION_print_fp(FILE* fp, const SSL_SESSION* ses) {
  BIO* bio = BIO_new_fp(fp, BIO_NOCLOSE);
  if (bio == nullptr) {
    raise(Reason::err_buf_lib);
    return 0;
  }
  const int printed = SSL_SESSION_print(bio, ses);
  BIO_free(bio);
  return printed;
}

int SSL_SESSION_print_keylog(BIO* bp, const SSL_SESSION* x) {
  if (x == nullptr || x->id.size == 0 || x->secret.empty()) return 0;
  const bool printed = print_field(bp, "RSA Session-ID:", x->id.view()) &&
                       print_field(bp, " Master-Key:", x->secret.view()) && BIO_puts(bp, "\n") > 0;
  return printed ? 1 : 0;
}

}  // extern "C"
