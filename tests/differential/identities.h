// Certificates and keys, read once from the files that tests/abi/make_files.py makes.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

namespace ciao::differential {

struct Identity {
  std::string name;
  X509* certificate = nullptr;  // none for a key that cannot sign
  EVP_PKEY* key = nullptr;
  std::string certificate_der, key_der;
};

class Identities {
 public:
  explicit Identities(const std::string& folder);
  Identities(const Identities&) = delete;
  Identities& operator=(const Identities&) = delete;
  ~Identities();

  // In the order of kNames in identities.cc.
  const std::vector<Identity>& all() const { return all_; }
  const Identity& of(const std::string& name) const;
  X509_STORE* roots() const { return roots_; }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
  std::vector<Identity> all_;
  X509_STORE* roots_ = nullptr;
};

}  // namespace ciao::differential
