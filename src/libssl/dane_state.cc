#include "libssl/dane_state.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace ciao::tls {
void TlsaRecordFree::operator()(danetls_record_st* record) const {
  if (record == nullptr) return;
  OPENSSL_free(record->data);
  EVP_PKEY_free(record->spki);
  OPENSSL_free(record);
}

DaneContext::DaneContext() : view{} {
  set(tlsa::kMatchFull, nullptr, 0);
  set(tlsa::kMatchSha256, EVP_sha256(), 1);
  set(tlsa::kMatchSha512, EVP_sha512(), 2);
}

void DaneContext::set(std::uint8_t type, const EVP_MD* digest, std::uint8_t strength) {
  if (type >= digests.size()) {
    digests.resize(type + std::size_t{1}, nullptr);
    strengths.resize(type + std::size_t{1}, 0);
  }
  digests[type] = digest;
  strengths[type] = digest != nullptr ? strength : std::uint8_t{0};
  renew_view();
}

void DaneContext::renew_view() {
  view.mdevp = digests.data();
  view.mdord = strengths.data();
  view.mdmax = static_cast<std::uint8_t>(digests.size() - 1);
}

DaneRecords::DaneRecords(unsigned long flags) : view{} {
  view.flags = flags;
  view.mdpth = -1;
  view.pdpth = -1;
}

DaneRecords::~DaneRecords() {
  OPENSSL_sk_pop_free(
      view.trecs, [](void* record) { TlsaRecordFree()(static_cast<danetls_record_st*>(record)); });
  sk_X509_pop_free(view.certs, X509_free);
  X509_free(view.mcert);
}

}  // namespace ciao::tls
