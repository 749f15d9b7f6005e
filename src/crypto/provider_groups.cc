#include "crypto/provider_groups.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <algorithm>

namespace ciao::tls {
namespace {

constexpr int kTls13 = 0x0304;

struct Collection {
  OSSL_LIB_CTX* libctx;
  const char* properties;
  bool (*is_known)(NamedGroup);
  const OSSL_PROVIDER* provider = nullptr;  // the one that is asked
  std::deque<ProviderGroup> groups = {};
};

bool text_of(const OSSL_PARAM* parameters, const char* key, std::string& text) {
  const char* found = nullptr;
  const OSSL_PARAM* parameter = OSSL_PARAM_locate_const(parameters, key);
  if (parameter == nullptr || OSSL_PARAM_get_utf8_string_ptr(parameter, &found) != 1 ||
      found == nullptr) {
    return false;
  }
  text = found;
  return true;
}

bool number_of(const OSSL_PARAM* parameters, const char* key, int& number) {
  const OSSL_PARAM* parameter = OSSL_PARAM_locate_const(parameters, key);
  return parameter != nullptr && OSSL_PARAM_get_int(parameter, &number) == 1;
}

// No lower bound and no upper one are 0; -1 says that TLS may not use it at all.
bool fits_tls13(const OSSL_PARAM* parameters) {
  int lowest = -1;
  int highest = -1;
  return number_of(parameters, OSSL_CAPABILITY_TLS_GROUP_MIN_TLS, lowest) &&
         number_of(parameters, OSSL_CAPABILITY_TLS_GROUP_MAX_TLS, highest) && lowest >= 0 &&
         lowest <= kTls13 && (highest == 0 || highest >= kTls13);
}

// Another provider's implementation of that name is not what is meant.
bool makes_keys(const Collection& collection, const std::string& key_type) {
  EVP_KEYMGMT* keys = EVP_KEYMGMT_fetch(collection.libctx, key_type.c_str(), collection.properties);
  const bool own = keys != nullptr && EVP_KEYMGMT_get0_provider(keys) == collection.provider;
  EVP_KEYMGMT_free(keys);
  return own;
}

// 1 goes on to the next one, whatever became of this one.
int take(const OSSL_PARAM parameters[], void* to) {
  Collection& collection = *static_cast<Collection*>(to);
  ProviderGroup made;
  int id = 0;
  int bits = 0;
  int kem = 0;
  if (!number_of(parameters, OSSL_CAPABILITY_TLS_GROUP_ID, id) || id <= 0 || id > 0xffff) return 1;
  made.group = static_cast<NamedGroup>(id);
  const auto same = [&](const ProviderGroup& other) { return other.group == made.group; };
  if (collection.is_known(made.group) || std::ranges::any_of(collection.groups, same)) return 1;
  if (!fits_tls13(parameters) || !text_of(parameters, OSSL_CAPABILITY_TLS_GROUP_NAME, made.name) ||
      !text_of(parameters, OSSL_CAPABILITY_TLS_GROUP_NAME_INTERNAL, made.group_name) ||
      !text_of(parameters, OSSL_CAPABILITY_TLS_GROUP_ALG, made.key_type) ||
      !number_of(parameters, OSSL_CAPABILITY_TLS_GROUP_SECURITY_BITS, bits) ||
      !makes_keys(collection, made.key_type)) {
    return 1;
  }
  made.security_bits = static_cast<std::uint16_t>(std::clamp(bits, 0, 0xffff));
  made.encapsulates = number_of(parameters, OSSL_CAPABILITY_TLS_GROUP_IS_KEM, kem) && kem != 0;
  collection.groups.push_back(std::move(made));
  return 1;
}

int ask(OSSL_PROVIDER* provider, void* to) {
  static_cast<Collection*>(to)->provider = provider;
  OSSL_PROVIDER_get_capabilities(provider, "TLS-GROUP", take, to);
  return 1;
}

}  // namespace

std::deque<ProviderGroup> provider_groups(OSSL_LIB_CTX* libctx, const char* properties,
                                          bool (*is_known)(NamedGroup)) {
  Collection collection{.libctx = libctx, .properties = properties, .is_known = is_known};
  // A provider without groups, or without the keys for them, is none to complain about.
  ERR_set_mark();
  OSSL_PROVIDER_do_all(libctx, ask, &collection);
  ERR_pop_to_mark();
  return std::move(collection.groups);
}

}  // namespace ciao::tls
