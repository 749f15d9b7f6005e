// The cipher-string language. The order of its result is part of the interface: it is the order in
// which a client offers suites.
#include <algorithm>
#include <array>
#include <optional>

#include "libssl/cipher_list.h"

namespace ciao::tls {
namespace {

// What a suite must have in common with a word, or several joined with '+'. Zero: anything goes.
struct Pattern {
  const SSL_CIPHER* exact = nullptr;
  std::uint32_t kx = 0;
  std::uint32_t au = 0;
  std::uint32_t enc = 0;
  std::uint32_t mac = 0;
  ProtocolVersion min_version = ProtocolVersion::unset;
  std::uint32_t strength = 0;

  bool matches(const SSL_CIPHER& cipher) const {
    const auto shares = [](std::uint32_t wanted, std::uint32_t has) {
      return wanted == 0 || (wanted & has) != 0;
    };
    return (exact == nullptr || exact == &cipher) && shares(kx, cipher.key_exchange) &&
           shares(au, cipher.authentication) && shares(enc, cipher.encryption) &&
           shares(mac, cipher.mac) &&
           (min_version == ProtocolVersion::unset || min_version == cipher.min_version) &&
           shares(strength & strength::kClassMask, cipher.strength) &&
           shares(strength & strength::kDefaultMask, cipher.strength);
  }
};

struct Alias {
  std::string_view name;
  Pattern pattern;
};

constexpr std::uint32_t kAuthenticated = ~au::kNull;
constexpr std::uint32_t kEncrypted = enc::kAll & ~enc::kNull;
using V = ProtocolVersion;

// openssl-ciphers(1), CIPHER STRINGS.
constexpr auto kAliases = std::to_array<Alias>({
    {"ALL", {.enc = kEncrypted}},
    {"COMPLEMENTOFALL", {.enc = enc::kNull}},
    {"COMPLEMENTOFDEFAULT", {.strength = strength::kNotDefault}},
    {"kRSA", {.kx = kx::kRsa}},
    {"kEDH", {.kx = kx::kDhe}},
    {"kDHE", {.kx = kx::kDhe}},
    {"DH", {.kx = kx::kDhe}},
    {"kEECDH", {.kx = kx::kEcdhe}},
    {"kECDHE", {.kx = kx::kEcdhe}},
    {"ECDH", {.kx = kx::kEcdhe}},
    {"kPSK", {.kx = kx::kPsk}},
    {"kRSAPSK", {.kx = kx::kRsaPsk}},
    {"kECDHEPSK", {.kx = kx::kEcdhePsk}},
    {"kDHEPSK", {.kx = kx::kDhePsk}},
    {"aRSA", {.au = au::kRsa}},
    {"aDSS", {.au = au::kDss}},
    {"DSS", {.au = au::kDss}},
    {"aNULL", {.au = au::kNull}},
    {"aECDSA", {.au = au::kEcdsa}},
    {"ECDSA", {.au = au::kEcdsa}},
    {"aPSK", {.au = au::kPsk}},
    {"EDH", {.kx = kx::kDhe, .au = kAuthenticated}},
    {"DHE", {.kx = kx::kDhe, .au = kAuthenticated}},
    {"EECDH", {.kx = kx::kEcdhe, .au = kAuthenticated}},
    {"ECDHE", {.kx = kx::kEcdhe, .au = kAuthenticated}},
    {"NULL", {.enc = enc::kNull}},
    {"RSA", {.kx = kx::kRsa, .au = au::kRsa}},
    {"ADH", {.kx = kx::kDhe, .au = au::kNull}},
    {"AECDH", {.kx = kx::kEcdhe, .au = au::kNull}},
    {"PSK", {.kx = kx::kAllPsk}},
    {"IDEA", {.enc = enc::kIdea}},
    {"SEED", {.enc = enc::kSeed}},
    {"eNULL", {.enc = enc::kNull}},
    {"AES128", {.enc = enc::kAes128 | enc::kAes128Gcm | enc::kAes128Ccm | enc::kAes128Ccm8}},
    {"AES256", {.enc = enc::kAes256 | enc::kAes256Gcm | enc::kAes256Ccm | enc::kAes256Ccm8}},
    {"AES", {.enc = enc::kAes}},
    {"AESGCM", {.enc = enc::kAesGcm}},
    {"AESCCM", {.enc = enc::kAesCcm}},
    {"AESCCM8", {.enc = enc::kAesCcm8}},
    {"CAMELLIA128", {.enc = enc::kCamellia128}},
    {"CAMELLIA256", {.enc = enc::kCamellia256}},
    {"CAMELLIA", {.enc = enc::kCamellia}},
    {"CHACHA20", {.enc = enc::kChaCha20}},
    {"ARIA", {.enc = enc::kAriaGcm}},
    {"ARIAGCM", {.enc = enc::kAriaGcm}},
    {"ARIA128", {.enc = enc::kAria128Gcm}},
    {"ARIA256", {.enc = enc::kAria256Gcm}},
    {"CBC", {.enc = enc::kAesCbc | enc::kCamellia | enc::kSeed | enc::kIdea}},
    {"MD5", {.mac = mac::kMd5}},
    {"SHA1", {.mac = mac::kSha1}},
    {"SHA", {.mac = mac::kSha1}},
    {"SHA256", {.mac = mac::kSha256}},
    {"SHA384", {.mac = mac::kSha384}},
    {"SSLv3", {.min_version = V::ssl3}},
    {"TLSv1", {.min_version = V::tls1_0}},
    {"TLSv1.0", {.min_version = V::tls1_0}},
    {"TLSv1.2", {.min_version = V::tls1_2}},
    {"MEDIUM", {.strength = strength::kMedium}},
    {"HIGH", {.strength = strength::kHigh}},
    {"FIPS", {.enc = kEncrypted, .strength = strength::kFips}},
});

enum class Rule { add, order, remove, kill, bump };

// The suites in their present order, active ones being selected.
class Selection {
 public:
  explicit Selection(const CipherAvailability& available) {
    // OpenSSL begins with its table backwards.
    const std::span<const SSL_CIPHER> table = cipher_table();
    for (std::size_t i = table.size(); i-- > 0;) {
      const SSL_CIPHER& cipher = table[i];
      if (cipher.signalling() || cipher.tls13() || !available.has(cipher)) continue;
      entries_.push_back({&cipher, false});
      names_.push_back(&cipher);
    }
  }

  void apply(Rule rule, const Pattern& pattern) {
    const bool names_rsa = rule == Rule::add && pattern.kx == kx::kRsa;
    if (names_rsa || rule == Rule::remove) {
      for (Entry& entry : entries_) {
        if (pattern.matches(*entry.cipher)) entry.named = names_rsa;
      }
    }
    apply_if(rule, [&](const SSL_CIPHER& cipher) { return pattern.matches(cipher); });
  }

  void sort_by_strength() {
    for (const int bits : {256, 128, 0}) {
      apply_if(Rule::order, [&](const SSL_CIPHER& c) { return c.strength_bits() == bits; });
    }
  }

  // A suite that is here, even one since killed: a killed suite is still a word of the language.
  const SSL_CIPHER* find(std::string_view word) const {
    const auto found =
        std::ranges::find_if(names_, [&](const SSL_CIPHER* c) { return word == c->name; });
    return found != names_.end() ? *found : nullptr;
  }

  CipherSelection active() const {
    CipherSelection selection;
    for (const Entry& entry : entries_) {
      if (!entry.active) continue;
      selection.ciphers.push_back(entry.cipher);
      if (entry.named) selection.rsa_by_name.push_back(entry.cipher);
    }
    return selection;
  }

 private:
  struct Entry {
    const SSL_CIPHER* cipher;
    bool active;
    bool named = false;  // see CipherSelection::rsa_by_name
  };

  template <class Predicate>
  void apply_if(Rule rule, Predicate matches) {
    const auto hit = [&](const Entry& e) {
      return e.active == (rule != Rule::add) && matches(*e.cipher);
    };
    const auto miss = [&](const Entry& e) { return !hit(e); };
    switch (rule) {
      case Rule::add:
      case Rule::order: {
        const auto moved = std::stable_partition(entries_.begin(), entries_.end(), miss);
        for (auto e = moved; e != entries_.end(); ++e) e->active = true;
        break;
      }
      case Rule::remove:
      case Rule::bump: {
        // To the front: what is removed last is the first to come back.
        const auto rest = std::stable_partition(entries_.begin(), entries_.end(), hit);
        for (auto e = entries_.begin(); e != rest; ++e) e->active = rule == Rule::bump;
        break;
      }
      case Rule::kill:
        std::erase_if(entries_, [&](const Entry& e) { return matches(*e.cipher); });
        break;
    }
  }

  std::vector<Entry> entries_;
  CipherVector names_;
};

// OpenSSL's order of preference, on which the rules then work: forward secrecy before none, AEAD
// before CBC, longer keys before shorter, AES before others.
void arrange(Selection& selection) {
  selection.apply(Rule::add, {.kx = kx::kEcdhe, .au = au::kEcdsa});
  selection.apply(Rule::add, {.kx = kx::kEcdhe});
  selection.apply(Rule::remove, {.kx = kx::kEcdhe});
  selection.apply(Rule::add, {.enc = enc::kAesGcm});
  selection.apply(Rule::add, {.enc = enc::kChaCha20});
  selection.apply(Rule::add, {.enc = enc::kAes & ~enc::kAesGcm});
  selection.apply(Rule::add, {});
  selection.apply(Rule::order, {.mac = mac::kMd5});
  selection.apply(Rule::order, {.au = au::kNull});
  selection.apply(Rule::order, {.kx = kx::kRsa});
  selection.apply(Rule::order, {.kx = kx::kPsk});
  selection.sort_by_strength();
  selection.apply(Rule::bump, {.min_version = V::tls1_2});
  selection.apply(Rule::bump, {.mac = mac::kAead});
  selection.apply(Rule::bump, {.kx = kx::kDhe | kx::kEcdhe});
  selection.apply(Rule::bump, {.kx = kx::kDhe | kx::kEcdhe, .mac = mac::kAead});
  selection.apply(Rule::remove, {});
}

// Narrows `mask` by `word`; false when nothing is left that could match.
bool narrow(std::uint32_t& mask, std::uint32_t word) {
  if (word == 0) return true;
  mask = mask == 0 ? word : mask & word;
  return mask != 0;
}

// The strength classes and the default flag narrow within themselves. A class after the flag takes
// its place, as in OpenSSL: "COMPLEMENTOFDEFAULT+HIGH" is "HIGH".
bool narrow_strength(std::uint32_t& mask, std::uint32_t word) {
  constexpr std::uint32_t kClass = strength::kClassMask;
  constexpr std::uint32_t kDefault = strength::kDefaultMask;
  if ((word & kClass) != 0) {
    if ((mask & kClass) == 0) {
      mask = word & kClass;
    } else {
      mask &= (word & kClass) | ~kClass;
      if ((mask & kClass) == 0) return false;
    }
  }
  if ((word & kDefault) != 0) mask |= word & kDefault;
  return true;
}

bool combine(Pattern& pattern, const Pattern& word) {
  if (!narrow(pattern.kx, word.kx) || !narrow(pattern.au, word.au) ||
      !narrow(pattern.enc, word.enc) || !narrow(pattern.mac, word.mac) ||
      !narrow_strength(pattern.strength, word.strength)) {
    return false;
  }
  if (word.exact != nullptr) {
    pattern.exact = word.exact;
    return true;
  }
  if (word.min_version == V::unset) return true;
  if (pattern.min_version != V::unset && pattern.min_version != word.min_version) return false;
  pattern.min_version = word.min_version;
  return true;
}

std::optional<Pattern> find_word(const Selection& selection, std::string_view word) {
  if (const SSL_CIPHER* cipher = selection.find(word)) {
    // The version of a suite named by itself is not a condition for others joined to it.
    return Pattern{.exact = cipher,
                   .kx = cipher->key_exchange,
                   .au = cipher->authentication,
                   .enc = cipher->encryption,
                   .mac = cipher->mac,
                   .strength = cipher->strength};
  }
  const auto* alias = std::ranges::find(kAliases, word, &Alias::name);
  if (alias == kAliases.end()) return std::nullopt;
  return alias->pattern;
}

constexpr bool is_separator(char c) { return c == ':' || c == ' ' || c == ';' || c == ','; }
constexpr bool is_word(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '=';
}

class RuleParser {
 public:
  RuleParser(std::string_view text, Selection& selection, CipherPolicy& policy)
      : rest_(text), selection_(selection), policy_(policy) {}

  Result<void> run() {
    while (!rest_.empty()) {
      if (is_separator(rest_.front())) {
        rest_.remove_prefix(1);
        continue;
      }
      TRY(element());
    }
    if (wrong_command_) return kInvalidCommand;
    return {};
  }

 private:
  static constexpr Error kInvalidCommand = silent_error(Reason::invalid_command);

  Result<void> element() {
    Rule rule = Rule::add;
    switch (rest_.front()) {
      case '-': rule = Rule::remove; break;
      case '+': rule = Rule::order; break;
      case '!': rule = Rule::kill; break;
      case '@': {
        rest_.remove_prefix(1);
        if (!rest_.empty() && is_separator(rest_.front())) return {};
        // What follows a wrong command is still read: it may change the security level.
        if (!special(take_word())) wrong_command_ = true;
        skip_element();
        return {};
      }
      default: return pattern_element(rule);
    }
    rest_.remove_prefix(1);
    if (rest_.empty()) return kInvalidCommand;
    // A lone sign before a separator means nothing.
    if (is_separator(rest_.front())) return {};
    return pattern_element(rule);
  }

  Result<void> pattern_element(Rule rule) {
    Pattern pattern;
    bool found = true;
    for (;;) {
      const std::string_view word = take_word();
      if (word.empty()) return kInvalidCommand;
      const bool joined = !rest_.empty() && rest_.front() == '+';
      if (joined) rest_.remove_prefix(1);
      const std::optional<Pattern> meaning = find_word(selection_, word);
      found = meaning && combine(pattern, *meaning);
      if (!found || !joined) break;
    }
    if (found) {
      selection_.apply(rule, pattern);
    } else {
      skip_element();
    }
    return {};
  }

  bool special(std::string_view word) {
    constexpr std::string_view kLevel = "SECLEVEL=";
    if (word == "STRENGTH") {
      selection_.sort_by_strength();
      return true;
    }
    if (word.size() == kLevel.size() + 1 && word.starts_with(kLevel)) {
      const int level = word.back() - '0';
      if (level < 0 || level > 5) return false;
      policy_.security_level = level;
      return true;
    }
    return false;
  }

  std::string_view take_word() {
    const auto end = std::ranges::find_if_not(rest_, is_word);
    const std::string_view word = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(word.size());
    return word;
  }

  void skip_element() {
    while (!rest_.empty() && !is_separator(rest_.front())) rest_.remove_prefix(1);
  }

  std::string_view rest_;
  Selection& selection_;
  CipherPolicy& policy_;
  bool wrong_command_ = false;
};

// RFC 6460: a whole string that begins with one of these words stands for its suites, and binds
// the rest of the handshake through certificate flags.
Result<std::string_view> resolve_suite_b(std::string_view rules, bool allows_tls12,
                                         CipherPolicy& policy) {
  constexpr std::uint32_t kMask = SSL_CERT_FLAG_SUITEB_128_LOS;
  constexpr std::string_view k128 = "ECDHE-ECDSA-AES128-GCM-SHA256";
  constexpr std::string_view k256 = "ECDHE-ECDSA-AES256-GCM-SHA384";
  constexpr std::string_view kBoth = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
  std::uint32_t flags = 0;
  bool only_256 = false;
  if (rules.starts_with("SUITEB128ONLY")) {
    flags = SSL_CERT_FLAG_SUITEB_128_LOS_ONLY;
  } else if (rules.starts_with("SUITEB128C2")) {
    flags = SSL_CERT_FLAG_SUITEB_128_LOS;
    only_256 = true;
  } else if (rules.starts_with("SUITEB128")) {
    flags = SSL_CERT_FLAG_SUITEB_128_LOS;
  } else if (rules.starts_with("SUITEB192")) {
    flags = SSL_CERT_FLAG_SUITEB_192_LOS;
  }
  if (flags != 0) {
    policy.suite_b_flags = (policy.suite_b_flags & ~kMask) | flags;
  } else {
    flags = policy.suite_b_flags & kMask;
  }
  if (flags == 0) return rules;
  if (!allows_tls12) return silent_error(Reason::at_least_tls_1_2_needed_in_suiteb_mode);
  if (flags == SSL_CERT_FLAG_SUITEB_128_LOS_ONLY) return k128;
  if (flags == SSL_CERT_FLAG_SUITEB_192_LOS || only_256) return k256;
  return kBoth;
}

}  // namespace

Result<CipherSelection> evaluate_cipher_rules(std::string_view rules,
                                              const CipherAvailability& available,
                                              bool allows_tls12, CipherPolicy& policy) {
  std::string_view text = TRY(resolve_suite_b(rules, allows_tls12, policy));
  Selection selection(available);
  arrange(selection);
  constexpr std::string_view kDefault = "DEFAULT";
  if (text.starts_with(kDefault)) {
    TRY(RuleParser(OSSL_default_cipher_list(), selection, policy).run());
    text.remove_prefix(kDefault.size());
    if (text.starts_with(':')) text.remove_prefix(1);
  }
  TRY(RuleParser(text, selection, policy).run());
  return selection.active();
}

}  // namespace ciao::tls
