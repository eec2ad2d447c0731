/** For tests only: a certificate of our own making for localhost and its key, which protect nothing. */
export const selfMade = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUQM5aFUV2oHbUS7ColPjJyy1vbwAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAzNTQzNFoYDzIxMjYxMDI4
MDM1NDM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATY9V1Po+jbeZr/aYgw2lKhrGsbKWrXt4YpRMtdHxqpeMiyJvt8bNG0
2vvhY+zSunhp4CyCIAwOIICswe8WQsLKo28wbTAdBgNVHQ4EFgQU/q2BgeW7u0Qp
VSZ9uMvBesuZwg4wHwYDVR0jBBgwFoAU/q2BgeW7u0QpVSZ9uMvBesuZwg4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhANEjPNmJmjshJNkhQiZ/wuSo+3ZCC74ckbqAR3p3D0XRAiEA
raxTaYvEerka5jrOVPoYh8/3sxGzvCS8zhN5bt/pueg=
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8l8sNoEMxrav3SbJ
BjcXrY8FnqdX8fhDBcsachEVWZuhRANCAATY9V1Po+jbeZr/aYgw2lKhrGsbKWrX
t4YpRMtdHxqpeMiyJvt8bNG02vvhY+zSunhp4CyCIAwOIICswe8WQsLK
-----END PRIVATE KEY-----`,
};
