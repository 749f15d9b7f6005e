// SSL_CTX_set_tlsext_use_srtp(3).
#include <openssl/srtp.h>
#include <openssl/ssl.h>

#include <string_view>

#include "libssl/entry.h"
#include "libssl/handles.h"
#include "libssl/owner.h"

namespace ciao::tls {
namespace {

// RFC 5764 §4.1.2, RFC 7714 §14.2. Lent to applications, whose type for them is not const.
SRTP_PROTECTION_PROFILE known_profiles[] = {
    {"SRTP_AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80},
    {"SRTP_AES128_CM_SHA1_32", SRTP_AES128_CM_SHA1_32},
    {"SRTP_AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM},
    {"SRTP_AEAD_AES_256_GCM", SRTP_AEAD_AES_256_GCM},
};

SRTP_PROTECTION_PROFILE* find_profile(std::string_view name) {
  for (SRTP_PROTECTION_PROFILE& profile : known_profiles) {
    if (name == profile.name) return &profile;
  }
  return nullptr;
}

// Names with colons between them, each once.
Result<SrtpProfilesPtr> parse_profiles(std::string_view text) {
  SrtpProfilesPtr chosen(sk_SRTP_PROTECTION_PROFILE_new_null());
  for (bool more = true; more;) {
    const std::size_t colon = text.find(':');
    more = colon != std::string_view::npos;
    SRTP_PROTECTION_PROFILE* profile = find_profile(text.substr(0, colon));
    if (profile == nullptr) return silent_error(Reason::srtp_unknown_protection_profile);
    if (chosen && sk_SRTP_PROTECTION_PROFILE_find(chosen.get(), profile) >= 0) {
      return silent_error(Reason::bad_srtp_protection_profile_list);
    }
    if (!chosen || sk_SRTP_PROTECTION_PROFILE_push(chosen.get(), profile) == 0) {
      return silent_error(Reason::srtp_could_not_allocate_profiles);
    }
    if (more) text.remove_prefix(colon + 1);
  }
  return chosen;
}

SrtpProfilesPtr& profiles_of(SSL_CTX* ctx) { return ctx->srtp_profiles; }
SrtpProfilesPtr& profiles_of(SSL* ssl) { return ssl->cold_state().srtp_profiles; }

// 0 for success, as nowhere else but for ALPN.
template <class Owner>
int use_profiles(Owner* owner, const char* names, Place place = Place::here()) {
  const int done = checked(
      [&]() -> Result<void> {
        SrtpProfilesPtr chosen = TRY(parse_profiles(names));
        std::vector<std::uint16_t> ids;
        for (int i = 0; i < sk_SRTP_PROTECTION_PROFILE_num(chosen.get()); ++i) {
          const SRTP_PROTECTION_PROFILE* profile =
              sk_SRTP_PROTECTION_PROFILE_value(chosen.get(), i);
          ids.push_back(static_cast<std::uint16_t>(profile->id));
        }
        edit_config(owner).srtp_profiles = std::move(ids);
        profiles_of(owner) = std::move(chosen);
        return {};
      },
      place);
  return done == 1 ? 0 : 1;
}

}  // namespace
}  // namespace ciao::tls

using namespace ciao::tls;

extern "C" int SSL_CTX_set_tlsext_use_srtp(SSL_CTX* ctx, const char* profiles) {
  return use_profiles(ctx, profiles);
}

extern "C" int SSL_set_tlsext_use_srtp(SSL* ssl, const char* profiles) {
  return use_profiles(ssl, profiles);
}

extern "C" STACK_OF(SRTP_PROTECTION_PROFILE) * SSL_get_srtp_profiles(SSL* ssl) {
  if (ssl == nullptr) return nullptr;
  if (ssl->cold && ssl->cold->srtp_profiles) return ssl->cold->srtp_profiles.get();
  return ssl->ctx->srtp_profiles.get();
}

// RFC 5764 §4.1 keeps it to DTLS: nothing is ever chosen over TLS.
extern "C" SRTP_PROTECTION_PROFILE* SSL_get_selected_srtp_profile(SSL*) { return nullptr; }
