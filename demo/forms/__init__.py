# SPDX-License-Identifier: Apache-2.0
"""Writers of the formats that a recording of a server holds."""
