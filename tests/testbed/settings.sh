# Sourced by the scripts here: versions, and where things are.

KUBERNETES=1.37.2
ETCD=3.6.8
COREDNS=1.14.7
METRICS_SERVER=0.9.0
KEDA=2.21.0
PYTHON=3.11     # of the stand-in for python:$PYTHON-slim: the one that $DEBIAN has
DEBIAN=bookworm

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}
PROGRAMS=${KUBEBUILDER_ASSETS:-$CACHE/iomt-testbed/programs-$KUBERNETES}
IMAGE_STORE=${IOMT_IMAGE_STORE:-$CACHE/iomt-testbed/images}
STATE=${IOMT_TESTBED_DIR:-/tmp/iomt-testbed}
NODE=iomt-node
NETWORK=iomt-testbed                            # the network namespace that all of it is in
CGROUP=iomt-testbed
OUTSIDE=10.79.0.1 INSIDE=10.79.0.2              # the wire between it and the machine
PODS=10.77.0.0/24 SERVICES=10.78.0.0/16 DNS=10.78.0.10
PORT=16443
SOCKET=$STATE/containerd.sock

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}
