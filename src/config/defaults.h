// The lists in force where an application sets none, in OpenSSL 3.0's order: its defaults at
// Debian's security level.
#pragma once

#include <span>

#include "wire/codepoints.h"

namespace ciao::tls {

constexpr NamedGroup kDefaultGroups[] = {
    NamedGroup::x25519,    NamedGroup::secp256r1, NamedGroup::x448,      NamedGroup::secp521r1,
    NamedGroup::secp384r1, NamedGroup::ffdhe2048, NamedGroup::ffdhe3072, NamedGroup::ffdhe4096,
    NamedGroup::ffdhe6144, NamedGroup::ffdhe8192};

constexpr SignatureScheme kDefaultSchemes[] = {SignatureScheme::ecdsa_secp256r1_sha256,
                                               SignatureScheme::ecdsa_secp384r1_sha384,
                                               SignatureScheme::ecdsa_secp521r1_sha512,
                                               SignatureScheme::ed25519,
                                               SignatureScheme::ed448,
                                               SignatureScheme::rsa_pss_pss_sha256,
                                               SignatureScheme::rsa_pss_pss_sha384,
                                               SignatureScheme::rsa_pss_pss_sha512,
                                               SignatureScheme::rsa_pss_rsae_sha256,
                                               SignatureScheme::rsa_pss_rsae_sha384,
                                               SignatureScheme::rsa_pss_rsae_sha512,
                                               SignatureScheme::rsa_pkcs1_sha256,
                                               SignatureScheme::rsa_pkcs1_sha384,
                                               SignatureScheme::rsa_pkcs1_sha512,
                                               SignatureScheme::ecdsa_sha224,
                                               SignatureScheme::rsa_pkcs1_sha224,
                                               SignatureScheme::dsa_sha224,
                                               SignatureScheme::dsa_sha256,
                                               SignatureScheme::dsa_sha384,
                                               SignatureScheme::dsa_sha512};

// TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256
constexpr std::uint16_t kDefaultSuites13[] = {0x1302, 0x1303, 0x1301};

// Forward secret and authenticated encryption alone.
constexpr std::uint16_t kDefaultSuites12[] = {0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc02b, 0xc02f};

}  // namespace ciao::tls
