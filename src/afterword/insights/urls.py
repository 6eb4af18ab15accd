"""The addresses of insight."""

from django.urls import include, path

from afterword.insights import views
from afterword.insights.campaign import campaign
from afterword.insights.companies import actions
from afterword.insights.companies import views as companies

app_name = "insights"
of_company = [
    path("", companies.company, name="company"),
    path("/customers", companies.customers, name="company_customers"),
    path("/feedback", companies.feedback, name="company_feedback"),
    path("/edit", actions.edit, name="company_edit"),
    path("/names", actions.names, name="company_names"),
    path("/names/removal", actions.remove_name, name="company_name_removal"),
    path("/names/undo", actions.put_name_back, name="company_name_undo"),
    path("/merge/undo", actions.unmerge, name="company_unmerge"),
    path("/exclusion", actions.leave_out, name="company_exclusion"),
    path("/inclusion", actions.take_in, name="company_inclusion"),
]
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("campaigns/<uuid:campaign_id>/results", campaign, name="campaign"),
    path("customers/companies", companies.companies, name="companies"),
    path("customers/companies/<uuid:company_id>", include(of_company)),
]
