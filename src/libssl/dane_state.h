// TLSA records (RFC 6698, RFC 7671) as libcrypto's X509_verify_cert reads them: it is handed these
// structures by X509_STORE_CTX_set0_dane, so their layout is libcrypto 3.0's.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <vector>

struct danetls_record_st {
  std::uint8_t usage;
  std::uint8_t selector;
  std::uint8_t mtype;
  unsigned char* data;
  std::size_t dlen;
  EVP_PKEY* spki;
};

struct dane_ctx_st {
  const EVP_MD** mdevp;  // by matching type
  std::uint8_t* mdord;   // by matching type: which of two is the stronger
  std::uint8_t mdmax;
  unsigned long flags;
};

struct ssl_dane_st {
  dane_ctx_st* dctx;
  OPENSSL_STACK* trecs;      // of danetls_record_st; null: not enabled
  STACK_OF(X509) * certs;    // trust anchors whose certificate is in a record
  danetls_record_st* mtlsa;  // the record that matched
  X509* mcert;
  std::uint32_t umask;  // usages present
  int mdpth;            // depth of the certificate that matched
  int pdpth;            // depth of the PKIX trust anchor
  unsigned long flags;
};

namespace ciao::tls {

// RFC 6698 §2.1, with the acronyms of RFC 7218.
namespace tlsa {
constexpr std::uint8_t kUsagePkixTa = 0;
constexpr std::uint8_t kUsageDaneTa = 2;
constexpr std::uint8_t kUsageLast = 3;
constexpr std::uint8_t kSelectorCertificate = 0;
constexpr std::uint8_t kSelectorLast = 1;
constexpr std::uint8_t kMatchFull = 0;
constexpr std::uint8_t kMatchSha256 = 1;
constexpr std::uint8_t kMatchSha512 = 2;
}  // namespace tlsa

struct TlsaRecordFree {
  void operator()(danetls_record_st* record) const;
};
using TlsaRecordPtr = std::unique_ptr<danetls_record_st, TlsaRecordFree>;

// A context's matching types.
struct DaneContext {
  DaneContext();
  // Puts a digest in force for a type, or none. `strength` orders them.
  void set(std::uint8_t type, const EVP_MD* digest, std::uint8_t strength);

  std::vector<const EVP_MD*> digests;
  std::vector<std::uint8_t> strengths;
  dane_ctx_st view;

 private:
  void renew_view();
};

// A connection's records.
struct DaneRecords {
  explicit DaneRecords(unsigned long flags);
  ~DaneRecords();
  DaneRecords(const DaneRecords&) = delete;
  DaneRecords& operator=(const DaneRecords&) = delete;

  bool enabled() const { return view.trecs != nullptr; }
  bool active() const { return view.trecs != nullptr && OPENSSL_sk_num(view.trecs) > 0; }

  ssl_dane_st view;
};

}  // namespace ciao::tls
