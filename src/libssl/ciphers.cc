// SSL_CIPHER_get_name(3), SSL_CTX_set_cipher_list(3), SSL_get_ciphers(3),
// SSL_COMP_add_compression_method(3), SSL_get_current_cipher(3).
#include <openssl/objects.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <span>

#include "libssl/entry.h"
#include "libssl/not_yet.h"
#include "libssl/owner.h"
#include "libssl/security_policy.h"
#include "libssl/ssl_st.h"
#include "libssl/suite_config.h"
#include "libssl/version_bounds.h"

namespace ciao::tls {
namespace {

struct Word {
  std::uint32_t bit;
  int nid;
  const char* text;  // in SSL_CIPHER_description
};

constexpr auto kKeyExchanges = std::to_array<Word>({
    {kx::kRsa, NID_kx_rsa, "RSA"},
    {kx::kDhe, NID_kx_dhe, "DH"},
    {kx::kEcdhe, NID_kx_ecdhe, "ECDH"},
    {kx::kPsk, NID_kx_psk, "PSK"},
    {kx::kRsaPsk, NID_kx_rsa_psk, "RSAPSK"},
    {kx::kDhePsk, NID_kx_dhe_psk, "DHEPSK"},
    {kx::kEcdhePsk, NID_kx_ecdhe_psk, "ECDHEPSK"},
    {kx::kAny, NID_kx_any, "any"},
});

constexpr auto kAuthentications = std::to_array<Word>({
    {au::kRsa, NID_auth_rsa, "RSA"},
    {au::kDss, NID_auth_dss, "DSS"},
    {au::kEcdsa, NID_auth_ecdsa, "ECDSA"},
    {au::kPsk, NID_auth_psk, "PSK"},
    {au::kNull, NID_auth_null, "None"},
    {au::kAny, NID_auth_any, "any"},
});

constexpr auto kEncryptions = std::to_array<Word>({
    {enc::kNull, NID_undef, "None"},
    {enc::kAes128, NID_aes_128_cbc, "AES(128)"},
    {enc::kAes256, NID_aes_256_cbc, "AES(256)"},
    {enc::kAes128Gcm, NID_aes_128_gcm, "AESGCM(128)"},
    {enc::kAes256Gcm, NID_aes_256_gcm, "AESGCM(256)"},
    {enc::kAes128Ccm, NID_aes_128_ccm, "AESCCM(128)"},
    {enc::kAes256Ccm, NID_aes_256_ccm, "AESCCM(256)"},
    {enc::kAes128Ccm8, NID_aes_128_ccm, "AESCCM8(128)"},
    {enc::kAes256Ccm8, NID_aes_256_ccm, "AESCCM8(256)"},
    {enc::kChaCha20, NID_chacha20_poly1305, "CHACHA20/POLY1305(256)"},
    {enc::kCamellia128, NID_camellia_128_cbc, "Camellia(128)"},
    {enc::kCamellia256, NID_camellia_256_cbc, "Camellia(256)"},
    {enc::kAria128Gcm, NID_aria_128_gcm, "ARIAGCM(128)"},
    {enc::kAria256Gcm, NID_aria_256_gcm, "ARIAGCM(256)"},
    {enc::kSeed, NID_seed_cbc, "SEED(128)"},
    {enc::kIdea, NID_idea_cbc, "IDEA(128)"},
    {0, NID_undef, "unknown"},
});

constexpr auto kMacs = std::to_array<Word>({
    {mac::kMd5, NID_md5, "MD5"},
    {mac::kSha1, NID_sha1, "SHA1"},
    {mac::kSha256, NID_sha256, "SHA256"},
    {mac::kSha384, NID_sha384, "SHA384"},
    {mac::kAead, NID_undef, "AEAD"},
    {0, NID_undef, "unknown"},
});

// Every word of the table is in these lists.
template <std::size_t N>
const Word& word_for(const std::array<Word, N>& words, std::uint32_t bit) {
  return *std::ranges::find(words, bit, &Word::bit);
}

const char* min_version_name(const SSL_CIPHER* cipher) {
  return protocol_name(code(cipher->min_version));
}

constexpr char kNone[] = "(NONE)";

// Whether a connection could use a suite now: version bounds, options, security policy.
bool is_supported(const SSL* ssl, const SSL_CIPHER& cipher, const KeyKinds& kinds) {
  const Settings& settings = *ssl->settings;
  const ProtocolVersion agreed = ssl->connection.negotiated().version;
  const auto allowed = [&](int version) {
    // What was agreed is in force, whatever has been set since.
    if (agreed != ProtocolVersion::unset) return version == code(agreed);
    const std::uint64_t off = version == TLS1_3_VERSION ? SSL_OP_NO_TLSv1_3 : SSL_OP_NO_TLSv1_2;
    return (settings.min_version == 0 || version >= settings.min_version) &&
           (settings.max_version == 0 || version <= settings.max_version) &&
           (ssl->method->any_version() || ssl->method->version == version) &&
           !config_of(ssl).has(off);
  };
  const bool version_fits = ssl->method->datagram ? !cipher.tls13()
                            : cipher.tls13()      ? allowed(TLS1_3_VERSION)
                                                  : allowed(TLS1_2_VERSION);
  const bool needs_psk =
      (cipher.key_exchange & kx::kAllPsk) != 0 || cipher.authentication == au::kPsk;
  // As in OpenSSL, a server is asked for the client's callback, too.
  return version_fits && (!needs_psk || settings.psk_client != nullptr) &&
         security_allows_cipher(ssl, SSL_SECOP_CIPHER_SUPPORTED, cipher) &&
         authenticates(kinds, cipher);
}

// Lent out by a function that promises not to change the connection: kept in the part that only
// getters fill.
STACK_OF(SSL_CIPHER) * client_ciphers(const SSL* ssl) {
  const std::vector<std::uint16_t>& offered = ssl->connection.negotiated().peer_suites;
  if (offered.empty()) return nullptr;
  ColdState& cold = const_cast<SSL*>(ssl)->cold_state();
  if (cold.client_ciphers != nullptr) return cold.client_ciphers;
  CipherVector ciphers;
  for (const std::uint16_t id : offered) {
    const SSL_CIPHER* cipher = find_cipher(id);
    if (cipher != nullptr && !cipher->signalling()) ciphers.push_back(cipher);
  }
  cold.client_ciphers = make_cipher_stack(ciphers);
  return cold.client_ciphers;
}

// Names with a colon between them; the first that does not fit ends the list. False if there is
// none.
bool write_shared_names(const STACK_OF(SSL_CIPHER) * offered, const CipherVector& own,
                        std::span<char> out) {
  std::size_t used = 0;
  for (int i = 0; i < sk_SSL_CIPHER_num(offered); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(offered, i);
    if (std::ranges::find(own, cipher) == own.end()) continue;
    const std::string_view name = cipher->name;
    if (used + name.size() + 1 > out.size()) break;
    std::ranges::copy(name, out.data() + used);
    used += name.size();
    out[used++] = ':';
  }
  if (used == 0) return false;
  out[used - 1] = '\0';
  return true;
}

// Splits the cipher_suites of a ClientHello into suites and signalling values, each where it is
// wanted; the caller owns both stacks. In an SSL 2 hello each entry has a third byte in front, zero
// for what we know.
Result<void> split_suites(ByteView bytes, bool ssl2, STACK_OF(SSL_CIPHER) * *suites_out,
                          STACK_OF(SSL_CIPHER) * *signals_out) {
  const std::size_t width = ssl2 ? 3 : 2;
  if (bytes.empty()) return silent_error(Reason::no_ciphers_specified);
  if (bytes.size() % width != 0) return silent_error(Reason::error_in_received_cipher_list);
  CipherVector suites;
  CipherVector signals;
  for (std::size_t at = 0; at < bytes.size(); at += width) {
    if (ssl2 && bytes[at] != 0) continue;
    const SSL_CIPHER* cipher = SSL_CIPHER_find(nullptr, bytes.data() + at + (width - 2));
    if (cipher != nullptr) (cipher->signalling() ? signals : suites).push_back(cipher);
  }
  STACK_OF(SSL_CIPHER)* suite_stack = suites_out != nullptr ? make_cipher_stack(suites) : nullptr;
  STACK_OF(SSL_CIPHER)* signal_stack =
      signals_out != nullptr ? make_cipher_stack(signals) : nullptr;
  if ((suites_out != nullptr && suite_stack == nullptr) ||
      (signals_out != nullptr && signal_stack == nullptr)) {
    sk_SSL_CIPHER_free(suite_stack);
    sk_SSL_CIPHER_free(signal_stack);
    return silent_error(Reason::malloc_failure);
  }
  if (suites_out != nullptr) *suites_out = suite_stack;
  if (signals_out != nullptr) *signals_out = signal_stack;
  return {};
}

// SSL_CIPHER_description(3): what a buffer has to hold at least.
constexpr int kDescriptionSize = 128;

void describe(const SSL_CIPHER* cipher, char* text, int size) {
  BIO_snprintf(text, static_cast<std::size_t>(size),
               "%-30s %-7s Kx=%-8s Au=%-5s Enc=%-22s Mac=%-4s\n", cipher->name,
               min_version_name(cipher), word_for(kKeyExchanges, cipher->key_exchange).text,
               word_for(kAuthentications, cipher->authentication).text,
               word_for(kEncryptions, cipher->encryption).text, word_for(kMacs, cipher->mac).text);
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" {

// --- one suite ----------------------------------------------------------------------------------

const char* SSL_CIPHER_get_name(const SSL_CIPHER* c) { return c != nullptr ? c->name : kNone; }

const char* SSL_CIPHER_standard_name(const SSL_CIPHER* c) {
  return c != nullptr ? c->standard_name : kNone;
}

const char* OPENSSL_cipher_name(const char* rfc_name) {
  const SSL_CIPHER* cipher = rfc_name != nullptr ? find_cipher_by_standard_name(rfc_name) : nullptr;
  return SSL_CIPHER_get_name(cipher);
}

const char* SSL_CIPHER_get_version(const SSL_CIPHER* c) {
  if (c == nullptr) return kNone;
  return c->min_version == ProtocolVersion::tls1_0 ? "TLSv1.0" : min_version_name(c);
}

int SSL_CIPHER_get_bits(const SSL_CIPHER* c, int* alg_bits) {
  if (c == nullptr) return 0;
  if (alg_bits != nullptr) *alg_bits = c->strength_bits();
  return c->strength_bits();
}

uint32_t SSL_CIPHER_get_id(const SSL_CIPHER* c) { return c->id(); }

uint16_t SSL_CIPHER_get_protocol_id(const SSL_CIPHER* c) { return c->protocol_id; }

int SSL_CIPHER_get_kx_nid(const SSL_CIPHER* c) {
  return c != nullptr ? word_for(kKeyExchanges, c->key_exchange).nid : NID_undef;
}

int SSL_CIPHER_get_auth_nid(const SSL_CIPHER* c) {
  return c != nullptr ? word_for(kAuthentications, c->authentication).nid : NID_undef;
}

int SSL_CIPHER_get_cipher_nid(const SSL_CIPHER* c) {
  return c != nullptr ? word_for(kEncryptions, c->encryption).nid : NID_undef;
}

int SSL_CIPHER_get_digest_nid(const SSL_CIPHER* c) {
  return c != nullptr ? word_for(kMacs, c->mac).nid : NID_undef;
}

const EVP_MD* SSL_CIPHER_get_handshake_digest(const SSL_CIPHER* c) {
  switch (c->digest) {
    case HandshakeDigest::md5_sha1: return EVP_md5_sha1();
    case HandshakeDigest::sha256: return EVP_sha256();
    case HandshakeDigest::sha384: return EVP_sha384();
    case HandshakeDigest::none: break;
  }
  return nullptr;
}

int SSL_CIPHER_is_aead(const SSL_CIPHER* c) { return c->mac == mac::kAead ? 1 : 0; }

const SSL_CIPHER* SSL_CIPHER_find(SSL*, const unsigned char* ptr) {
  return find_cipher(static_cast<std::uint16_t>(ptr[0] << 8 | ptr[1]));
}

char* SSL_CIPHER_description(const SSL_CIPHER* cipher, char* buf, int len) {
  if (buf != nullptr && len < kDescriptionSize) return nullptr;
  char* text = buf != nullptr ? buf : static_cast<char*>(OPENSSL_malloc(kDescriptionSize));
  if (text == nullptr) {
    raise(Reason::malloc_failure);
    return nullptr;
  }
  describe(cipher, text, buf != nullptr ? len : kDescriptionSize);
  return text;
}

// --- configured lists ---------------------------------------------------------------------------

const char* OSSL_default_cipher_list(void) { return "ALL:!COMPLEMENTOFDEFAULT:!eNULL"; }

const char* OSSL_default_ciphersuites(void) {
  return "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
}

int SSL_CTX_set_cipher_list(SSL_CTX* ctx, const char* str) {
  return checked([&] { return set_cipher_rules(ctx, str); });
}

int SSL_set_cipher_list(SSL* s, const char* str) {
  return checked([&] { return set_cipher_rules(s, str); });
}

int SSL_CTX_set_ciphersuites(SSL_CTX* ctx, const char* str) {
  return checked([&] { return set_ciphersuites(ctx, str); });
}

int SSL_set_ciphersuites(SSL* s, const char* str) {
  return checked([&] { return set_ciphersuites(s, str); });
}

STACK_OF(SSL_CIPHER) * SSL_CTX_get_ciphers(const SSL_CTX* ctx) {
  return ctx != nullptr ? ctx->ciphers->stack() : nullptr;
}

STACK_OF(SSL_CIPHER) * SSL_get_ciphers(const SSL* s) {
  return s != nullptr ? ciphers_of(s)->stack() : nullptr;
}

const char* SSL_get_cipher_list(const SSL* s, int n) {
  if (s == nullptr) return nullptr;
  const CipherVector& ciphers = ciphers_of(s)->ciphers();
  if (n < 0 || static_cast<std::size_t>(n) >= ciphers.size()) return nullptr;
  return ciphers[static_cast<std::size_t>(n)]->name;
}

STACK_OF(SSL_CIPHER) * SSL_get1_supported_ciphers(SSL* s) {
  return guard<STACK_OF(SSL_CIPHER)*>(nullptr, [&]() -> STACK_OF(SSL_CIPHER) * {
    CipherVector supported;
    const KeyKinds kinds = allowed_signing_kinds(s);
    for (const SSL_CIPHER* cipher : ciphers_of(s)->ciphers()) {
      if (is_supported(s, *cipher, kinds)) supported.push_back(cipher);
    }
    return supported.empty() ? nullptr : make_cipher_stack(supported);
  });
}

// --- of a handshake -----------------------------------------------------------------------------

const SSL_CIPHER* SSL_get_current_cipher(const SSL* s) {
  const Suite* suite = s->connection.negotiated().suite;
  return suite != nullptr ? find_cipher(suite->id) : nullptr;
}

const SSL_CIPHER* SSL_get_pending_cipher(const SSL* s) { return SSL_get_current_cipher(s); }

STACK_OF(SSL_CIPHER) * SSL_get_client_ciphers(const SSL* s) {
  const Negotiated& facts = s->connection.negotiated();
  // OpenSSL forgets the list where TLS 1.2 resumes: the suite is the session's.
  const bool forgotten = facts.resumed && facts.version == ProtocolVersion::tls1_2;
  if (!is_server(s) || forgotten) return nullptr;
  return guard<STACK_OF(SSL_CIPHER)*>(nullptr, [&] { return client_ciphers(s); });
}

char* SSL_get_shared_ciphers(const SSL* s, char* buf, int size) {
  const STACK_OF(SSL_CIPHER)* offered = SSL_get_client_ciphers(s);
  const CipherVector& own = ciphers_of(s)->ciphers();
  if (offered == nullptr || size < 2 || own.empty()) return nullptr;
  return write_shared_names(offered, own, {buf, static_cast<std::size_t>(size)}) ? buf : nullptr;
}

int SSL_bytes_to_cipher_list(SSL*, const unsigned char* bytes, size_t len, int isv2format,
                             STACK_OF(SSL_CIPHER) * *sk, STACK_OF(SSL_CIPHER) * *scsvs) {
  return checked([&] { return split_suites({bytes, len}, isv2format != 0, sk, scsvs); });
}

}  // extern "C"

// --- compression ---------------------------------------------------------------------------------

// TLS compression leaks what it compresses (CRIME, RFC 7525 §3.3).
namespace {
constexpr char kNoCompression[] = "TLS compression leaks secrets (CRIME) and TLS 1.3 has none";
}  // namespace

CIAO_ABSENT(int, 1, SSL_COMP_add_compression_method, (int, COMP_METHOD*), kNoCompression)

CIAO_ABSENT_QUIETLY(const char*, nullptr, SSL_COMP_get0_name, (const SSL_COMP*), kNoCompression)

extern "C" STACK_OF(SSL_COMP) * SSL_COMP_get_compression_methods(void) {
  // Empty, as with an OpenSSL that has no zlib: NULL would be an error
  // (SSL_COMP_add_compression_method(3)), and sslscan counts what is in it.
  static STACK_OF(SSL_COMP)* const methods = sk_SSL_COMP_new_null();
  return methods;
}

CIAO_ABSENT_QUIETLY(int, -1, SSL_COMP_get_id, (const SSL_COMP*), kNoCompression)

CIAO_ABSENT_QUIETLY(const char*, nullptr, SSL_COMP_get_name, (const COMP_METHOD*), kNoCompression)

CIAO_ABSENT_QUIETLY(STACK_OF(SSL_COMP) *, meths, SSL_COMP_set0_compression_methods,
                    (STACK_OF(SSL_COMP) * meths), kNoCompression)

CIAO_ABSENT_QUIETLY(const COMP_METHOD*, nullptr, SSL_get_current_compression, (const SSL*),
                    kNoCompression)

CIAO_ABSENT_QUIETLY(const COMP_METHOD*, nullptr, SSL_get_current_expansion, (const SSL*),
                    kNoCompression)
