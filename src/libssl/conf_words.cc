// Words that set and clear bits: of the options, the certificate flags and the verification mode.
#include <array>
#include <string_view>

#include "libssl/conf_commands.h"
#include "libssl/list_text.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

enum class Target : std::uint8_t { option, certificate_flag, verify_mode };

constexpr unsigned int kClient = SSL_CONF_FLAG_CLIENT;
constexpr unsigned int kServer = SSL_CONF_FLAG_SERVER;
constexpr unsigned int kBoth = kClient | kServer;

struct Word {
  std::string_view name;
  std::uint64_t bits;
  bool inverted = false;  // the word being on clears the bits
  unsigned int roles = kBoth;
  Target target = Target::option;
};

constexpr std::uint64_t kAllVersions =
    SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3;
constexpr std::uint64_t kStrict = SSL_CERT_FLAG_TLS_STRICT;

constexpr auto kSwitches = std::to_array<Word>({
    {"no_ssl3", SSL_OP_NO_SSLv3},
    {"no_tls1", SSL_OP_NO_TLSv1},
    {"no_tls1_1", SSL_OP_NO_TLSv1_1},
    {"no_tls1_2", SSL_OP_NO_TLSv1_2},
    {"no_tls1_3", SSL_OP_NO_TLSv1_3},
    {"bugs", SSL_OP_ALL},
    {"no_comp", SSL_OP_NO_COMPRESSION},
    {"comp", SSL_OP_NO_COMPRESSION, true},
    {"ecdh_single", SSL_OP_SINGLE_ECDH_USE},
    {"no_ticket", SSL_OP_NO_TICKET},
    {"serverpref", SSL_OP_CIPHER_SERVER_PREFERENCE},
    {"legacy_renegotiation", SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION},
    {"client_renegotiation", SSL_OP_ALLOW_CLIENT_RENEGOTIATION},
    {"legacy_server_connect", SSL_OP_LEGACY_SERVER_CONNECT},
    {"no_renegotiation", SSL_OP_NO_RENEGOTIATION},
    {"no_resumption_on_reneg", SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION},
    {"no_legacy_server_connect", SSL_OP_LEGACY_SERVER_CONNECT, true},
    {"allow_no_dhe_kex", SSL_OP_ALLOW_NO_DHE_KEX},
    {"prioritize_chacha", SSL_OP_PRIORITIZE_CHACHA},
    {"strict", kStrict, false, kBoth, Target::certificate_flag},
    {"no_middlebox", SSL_OP_ENABLE_MIDDLEBOX_COMPAT, true},
    {"anti_replay", SSL_OP_NO_ANTI_REPLAY, true},
    {"no_anti_replay", SSL_OP_NO_ANTI_REPLAY},
    {"no_etm", SSL_OP_NO_ENCRYPT_THEN_MAC},
});

constexpr auto kOptions = std::to_array<Word>({
    {"SessionTicket", SSL_OP_NO_TICKET, true},
    {"EmptyFragments", SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS, true},
    {"Bugs", SSL_OP_ALL},
    {"Compression", SSL_OP_NO_COMPRESSION, true},
    {"ServerPreference", SSL_OP_CIPHER_SERVER_PREFERENCE, false, kServer},
    {"NoResumptionOnRenegotiation", SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION, false, kServer},
    {"DHSingle", SSL_OP_SINGLE_DH_USE, false, kServer},
    {"ECDHSingle", SSL_OP_SINGLE_ECDH_USE, false, kServer},
    {"UnsafeLegacyRenegotiation", SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION},
    {"UnsafeLegacyServerConnect", SSL_OP_LEGACY_SERVER_CONNECT},
    {"ClientRenegotiation", SSL_OP_ALLOW_CLIENT_RENEGOTIATION},
    {"EncryptThenMac", SSL_OP_NO_ENCRYPT_THEN_MAC, true},
    {"NoRenegotiation", SSL_OP_NO_RENEGOTIATION},
    {"AllowNoDHEKEX", SSL_OP_ALLOW_NO_DHE_KEX},
    {"PrioritizeChaCha", SSL_OP_PRIORITIZE_CHACHA},
    {"MiddleboxCompat", SSL_OP_ENABLE_MIDDLEBOX_COMPAT},
    {"AntiReplay", SSL_OP_NO_ANTI_REPLAY, true},
    {"ExtendedMasterSecret", SSL_OP_NO_EXTENDED_MASTER_SECRET, true},
    {"CANames", SSL_OP_DISABLE_TLSEXT_CA_NAMES, true},
    {"KTLS", SSL_OP_ENABLE_KTLS},
});

constexpr auto kProtocols = std::to_array<Word>({
    {"ALL", kAllVersions, true},
    {"SSLv2", 0, true},
    {"SSLv3", SSL_OP_NO_SSLv3, true},
    {"TLSv1", SSL_OP_NO_TLSv1, true},
    {"TLSv1.1", SSL_OP_NO_TLSv1_1, true},
    {"TLSv1.2", SSL_OP_NO_TLSv1_2, true},
    {"TLSv1.3", SSL_OP_NO_TLSv1_3, true},
    {"DTLSv1", SSL_OP_NO_DTLSv1, true},
    {"DTLSv1.2", SSL_OP_NO_DTLSv1_2, true},
});

constexpr std::uint64_t kRequire = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
constexpr std::uint64_t kLate = SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE;
constexpr std::uint64_t kOnce = SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE;

constexpr auto kVerifyModes = std::to_array<Word>({
    {"Peer", SSL_VERIFY_PEER, false, kClient, Target::verify_mode},
    {"Request", SSL_VERIFY_PEER, false, kServer, Target::verify_mode},
    {"Require", kRequire, false, kServer, Target::verify_mode},
    {"Once", kOnce, false, kServer, Target::verify_mode},
    {"RequestPostHandshake", kLate, false, kServer, Target::verify_mode},
    {"RequirePostHandshake", kLate | kRequire, false, kServer, Target::verify_mode},
});

template <class T>
T with_bits(T value, std::uint64_t bits, bool on) {
  const T mask = static_cast<T>(bits);
  return on ? static_cast<T>(value | mask) : static_cast<T>(value & ~mask);
}

int verify_mode(const SSL* ssl) { return SSL_get_verify_mode(ssl); }
int verify_mode(const SSL_CTX* ctx) { return SSL_CTX_get_verify_mode(ctx); }
void set_verify_mode(SSL* ssl, int mode) { SSL_set_verify(ssl, mode, nullptr); }
void set_verify_mode(SSL_CTX* ctx, int mode) { SSL_CTX_set_verify(ctx, mode, nullptr); }

template <class Owner>
void set_bits(Owner* owner, const Word& word, bool on) {
  on = on != word.inverted;
  switch (word.target) {
    case Target::option: {
      Config& config = edit_config(owner);
      config.options = with_bits(config.options, word.bits, on);
      break;
    }
    case Target::certificate_flag: {
      Identity& identity = edit_identity(owner);
      identity.flags = with_bits(identity.flags, word.bits, on);
      break;
    }
    case Target::verify_mode:
      set_verify_mode(owner, with_bits(verify_mode(owner), word.bits, on));
      break;
  }
}

void set_word(SSL_CONF_CTX& conf, const Word& word, bool on) {
  if (conf.ssl != nullptr) set_bits(conf.ssl, word, on);
  if (conf.ctx != nullptr) set_bits(conf.ctx, word, on);
}

template <std::size_t N>
bool apply_word(SSL_CONF_CTX& conf, const std::array<Word, N>& words, std::string_view text) {
  if (text.empty()) return false;
  const bool on = text.front() != '-';
  if (text.front() == '+' || text.front() == '-') text.remove_prefix(1);
  for (const Word& word : words) {
    const bool same = word.name.size() == text.size() &&
                      OPENSSL_strncasecmp(word.name.begin(), text.begin(), text.size()) == 0;
    if (!same || (conf.flags & word.roles) == 0) continue;
    set_word(conf, word, on);
    return true;
  }
  return false;
}

// "Word,-Word": what comes before the first wrong one is in force.
template <std::size_t N>
int apply_words(SSL_CONF_CTX& conf, const std::array<Word, N>& words, std::string_view list) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (!apply_word(conf, words, trim(list.substr(0, comma)))) return 0;
    if (comma == std::string_view::npos) return 1;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

int apply_switch(SSL_CONF_CTX& conf, const char* name) {
  for (const Word& word : kSwitches) {
    if (word.name != name) continue;
    set_word(conf, word, true);
    return 1;
  }
  return 0;
}

int apply_options(SSL_CONF_CTX& conf, const char* value) {
  return apply_words(conf, kOptions, value);
}

int apply_protocol(SSL_CONF_CTX& conf, const char* value) {
  return apply_words(conf, kProtocols, value);
}

int apply_verify_mode(SSL_CONF_CTX& conf, const char* value) {
  return apply_words(conf, kVerifyModes, value);
}

}  // namespace ciao::tls
